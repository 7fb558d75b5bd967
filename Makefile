PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench lock clean

help: ## List what there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-28s %s\n", $$1, $$2}'

setup: $(VENV)/run.stamp ## Install what a laptop run needs; leaves the command at .venv/bin/stockflow

run: setup ## Run the workflow on this machine (ARGS="AAPL MSFT --series daily")
	$(BIN)/stockflow run $(ARGS)

test: $(VENV)/dev.stamp ## Run all tests (ARGS="-k budget")
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/dev.stamp ## Run every linter and type check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## Print the figures that are claimed, each beside what it is measured against
	@for figure in bench/*.py; do echo "== $$figure"; $(BIN)/python $$figure || exit 1; done

lock: $(VENV)/dev.stamp ## Write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/run.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/dev.lock

clean: ## Remove what was installed and made, but not out/
	rm -rf $(VENV) .venv-lint build node_modules artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "stockflow needs Python 3.11 or newer: make setup PYTHON=python3.13" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/run.stamp: requirements/run.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/run.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/run.stamp
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/dev.lock
	@touch $@
