"""Documents that a parser may take long over, each of one kind and as large as is asked.

A kind takes a number and gives a text whose length grows with it, and no faster.
"""

from collections.abc import Callable, Mapping

_TABLE = "| a | b |\n|---|---|\n"

KINDS: Mapping[str, Callable[[int], str]] = {
    "rows of a table": lambda n: (
        _TABLE + "| 12:00 | something happened here [log](https://x.example.com/1) |\n" * n
    ),
    "columns of a table": lambda n: "|a" * n + "|\n" + "|-" * n + "|\n" + ("|b" * n + "|\n"),
    "items of a list": lambda n: "- item **x** here\n" * n,
    "quotes in quotes in quotes": lambda n: ">" * n + " a\n",
    "lines of fifty quotes": lambda n: (">" * 50 + " a\n") * n,
    "lists in lists on one line": lambda n: "- " * n + "a\n",
    "open brackets": lambda n: "[" * n,
    "brackets": lambda n: "[a]" * n,
    "brackets in brackets in brackets": lambda n: "[" * n + "]" * n,
    "images that never end": lambda n: "![" * n,
    "links that never end": lambda n: "[a](" * n,
    "stars": lambda n: "*" * n + "a",
    "stars before words": lambda n: "*a " * n,
    "stars against underscores": lambda n: "*a_ " * n,
    "stars within words": lambda n: "a**b" * n + "c* " * n,
    "tildes": lambda n: "~a " * n,
    "backticks that never match": lambda n: "`a``" * n,
    "less-than signs": lambda n: "<" * n,
    "tags that never end": lambda n: "<a " * n,
    "comments that never end": lambda n: "<!--" * n,
    "instructions that never end": lambda n: "<?" * n,
    "tags in tags in tags": lambda n: "<div>" * n,
    "entities": lambda n: "&amp" * n,
    "backslashes": lambda n: "\\" * n,
    "link references": lambda n: "".join(f"[r{i}]: http://x/{i}\n" for i in range(n)),
    "link references that are used": lambda n: (
        "".join(f"[r{i}]: http://x/{i}\n" for i in range(n))
        + "\n"
        + "".join(f"[r{i}] " for i in range(n))
    ),
    "brackets that no line closes": lambda n: "[a\n" * n,
    "references without end": lambda n: '[a]: b "\n' * n,
    "headings alike": lambda n: "# Same\n\n" * n,
    "lines of a paragraph": lambda n: "word word\n" * n,
    "a heading of many lines": lambda n: "a\n" * n + "===\n",
    "lines of dashes": lambda n: "- - -\n" * n,
    "addresses": lambda n: "http://a.example " * n,
    "addresses that never end": lambda n: "www." * n,
    "at signs": lambda n: "a@" * n,
    "a mail address without end": lambda n: "a." * n + "@b.c",
    "footnotes": lambda n: (
        "".join(f"[^{i}] " for i in range(n)) + "\n\n" + "".join(f"[^{i}]: x\n\n" for i in range(n))
    ),
    "footnotes that never end": lambda n: "[^" * n,
    "alerts": lambda n: "> [!NOTE]\n> x\n\n" * n,
    "tasks": lambda n: "- [ ] a\n" * n,
    "pipes": lambda n: "|" * n,
    "escaped pipes": lambda n: _TABLE + "| a " + "\\|" * n + " | b |\n",
    "spaces": lambda n: "a" + " " * n + "b",
    "blank lines": lambda n: "a\n" + "\n" * n,
    "tabs": lambda n: "\t" * n + "a",
    "lines of another system": lambda n: "a\r\n" * n,
    "brackets in the front matter": lambda n: "---\n" + "a: " + "[" * n + "\n---\nx",
    "dollars": lambda n: "$a$ " * n,
    "tables in a list": lambda n: "- a\n\n  | a | b |\n  |---|---|\n  | c | d |\n\n" * n,
    "colons": lambda n: ":a" * n,
    "underscores": lambda n: "_a" * n + "_",
    "parentheses": lambda n: "[a](" + "(" * n,
    "prompts": lambda n: "[what happened] " * n,
    "prompts that never end": lambda n: "[a " * n,
    "lists in lists in lists": lambda n: "".join(f"{'  ' * (i % 40)}- a\n" for i in range(n)),
    "emphasis in emphasis": lambda n: "**a " * n + "a** " * n,
    "links in links": lambda n: "[" * n + "a" + "](b)" * n,
    "details in details": lambda n: "<details><summary>a</summary>\n\n" * n,
    "backticks of every length": lambda n: "".join("a" + "`" * (i % 60) for i in range(n // 30)),
}
"""What is written, as words, and how much of it for a number."""
