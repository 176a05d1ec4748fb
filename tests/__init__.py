"""What all tests share, and what holds before the first of them is loaded."""

import sys

sys.dont_write_bytecode = False  # else each process compiles each test and Hypothesis anew
sys.modules.setdefault("rfc3987_syntax", None)  # builds 38 parsers for IRIs; no contract has any
