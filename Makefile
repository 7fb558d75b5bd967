PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
# A company's own certificate is among the system's, which neither tool would look at by itself.
export UV_SYSTEM_CERTS ?= true
SYSTEM_CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem))
ifneq ($(SYSTEM_CERTIFICATES),)
export PIP_CERT ?= $(SYSTEM_CERTIFICATES)
endif
ARGS ?=
ARCHITECTURE ?= arm64
FOLDER ?=
PAGE ?= stockflow/page
NODE_BIN := tests/tools/node_modules/.bin
PAGE_SOURCES := stockflow/page/js stockflow/page/page.css tests/page tests/tools
PAGE_OPTIONS := --charset=utf8 --target=es2022 --log-level=warning

# Three for two processors: tests that wait leave theirs to others.
PROCESSES := --numprocesses 3 --dist loadfile --no-loadscope-reorder
# Kept even for who keeps no bytecode otherwise: each process would rewrite all tests anew, for seven seconds.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest

.DEFAULT_GOAL := help
LINTERS := .venv-lint/stamp .venv-checkov/stamp tests/tools/node_modules/stamp
.PHONY: help setup run run-call run-call-audio test coverage check format bench picture page contracts build console-template lock clean test-often test-laws test-speech test-stepfunctions-local test-engines \
	check-code check-page check-stack check-sam check-cfn-lint check-asl check-checkov check-bandit \
	check-github check-schemas check-zizmor

help: ## List what there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-28s %s\n", $$1, $$2}'

setup: $(VENV)/run.stamp ## Install what a laptop run needs; leaves the command at .venv/bin/stockflow

run: setup ## Run the workflow on this machine (ARGS="AAPL MSFT --series daily_adjusted")
	STOCK_SYMBOLS="$${STOCK_SYMBOLS:-AAPL,AMZN,GOOGL,IBM,JPM,META,MSFT,NVDA,TSLA,V}" $(BIN)/stockflow run $(ARGS)

run-call: setup ## Judge the tone of an invented earnings call on this machine (ARGS="AAPL --date 2026-10-29 --audio call.mp3")
	$(BIN)/stockflow call $(or $(ARGS),EXAMPLE --date 2026-10-29 --transcript events/calls/example_lamps.json)

run-call-audio: .venv-speech/stamp ## Judge the same call from its recording, which a local engine writes down; installs 1.3 GB, with the tools of the tests, into .venv-speech
	.venv-speech/bin/stockflow call $(or $(ARGS),EXAMPLE --date 2026-10-29 --audio events/calls/example_lamps.ogg)

test: $(VENV)/dev.stamp $(if $(shell command -v npm),tests/tools/node_modules/stamp) ## Run all tests (ARGS="-k budget")
	$(PYTEST) $(PROCESSES) $(ARGS)

coverage: $(VENV)/dev.stamp $(if $(shell command -v npm),tests/tools/node_modules/stamp) ## Run all tests and say which lines and branches none goes through; takes twice as long
	$(PYTEST) $(PROCESSES) --cov --cov-report=term $(ARGS)

test-often: $(VENV)/dev.stamp ## Run tests TIMES times (10) beside BUSY busy loops a core (2) (ARGS="tests/workflow")
	$(BIN)/python -m tests.tools.often --times $(or $(TIMES),10) --busy $(or $(BUSY),2) $(PROCESSES) $(ARGS)

test-laws: $(VENV)/dev.stamp ## Draw all examples of every property, three times those of make test; takes minutes
	ALL_EXAMPLES=1 $(PYTEST) $(PROCESSES) tests/property $(ARGS)

test-speech: .venv-speech/stamp ## Try the local speech engines on recorded speech; installs 1.3 GB, with the tools of the tests, into .venv-speech
	.venv-speech/bin/python -m pytest --numprocesses 0 tests/unit/stand_ins/test_whisper.py $(ARGS)

test-stepfunctions-local: $(VENV)/dev.stamp ## Run its cases on AWS's Step Functions Local (needs Docker)
	docker compose up --detach
	STEPFUNCTIONS_LOCAL_URL=http://127.0.0.1:$${STEPFUNCTIONS_LOCAL_PORT:-8083} $(BIN)/python -m pytest tests/stepfunctions_local; \
	status=$$?; docker compose down; exit $$status

test-engines: $(VENV)/dev.stamp .venv-localstack/stamp .venv-ministack/stamp ## Try the built stack on emulators of AWS, without Docker; takes minutes (ARGS="-k quota")
	$(BIN)/python -m layers.build --architecture x86_64 --output artifacts/engines/build
	TEST_ENGINES=1 $(BIN)/python -m pytest tests/engines $(ARGS)

check: $(VENV)/dev.stamp $(LINTERS) ## Run every linter and type check, of the code, of the page, of the stack and of what GitHub reads
	@$(MAKE) --no-print-directory -j2 check-code check-page check-stack check-github

check-code: $(VENV)/dev.stamp ## Run the linters, the type check and the import contracts of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check-page: tests/tools/node_modules/stamp ## Run the linter, the type check and the unit tests of the run page's script; offline once installed
	$(NODE_BIN)/biome check --error-on-warnings --config-path tests/tools/page.biome.json $(PAGE_SOURCES)
	$(NODE_BIN)/tsc --project tests/tools/tsconfig.json
	$(NODE_BIN)/tsc --project tests/tools/tsconfig.dom.json
	node --test-reporter=dot tests/page/all.mjs
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && $(MAKE) --no-print-directory page PAGE=$$folder && \
	for name in page.min.js page.min.css; do \
		cmp -s $$folder/$$name stockflow/page/$$name || { echo "stockflow/page/$$name is not what its sources give: make page" >&2; exit 1; }; \
	done

check-stack: check-sam check-cfn-lint check-asl check-checkov check-bandit ## Run the linters of the stack; offline once installed

check-sam: .venv-lint/stamp
	HOME=$(abspath .venv-lint) SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .venv-lint/bin/sam validate --lint --template template.yaml

check-cfn-lint: .venv-lint/stamp
	.venv-lint/bin/cfn-lint template.yaml deploy/*.yaml

check-asl: tests/tools/node_modules/stamp
	node tests/tools/lint_asl.mjs statemachine/*.asl.json

check-checkov: .venv-checkov/stamp
	.venv-checkov/bin/checkov --config-file tests/tools/checkov.yaml --file template.yaml deploy/*.yaml

check-bandit: .venv-lint/stamp
	.venv-lint/bin/bandit --quiet --severity-level medium --configfile tests/tools/bandit.yaml --recursive functions stockflow layers

check-github: check-schemas check-zizmor ## Run the linters of what GitHub reads in .github/; offline once installed

check-schemas: .venv-lint/stamp
	.venv-lint/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv-lint/bin/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	.venv-lint/bin/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml

check-zizmor: .venv-lint/stamp
	.venv-lint/bin/zizmor --offline --quiet --persona pedantic .github

format: $(VENV)/dev.stamp tests/tools/node_modules/stamp ## Format the code and fix what the linters can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NODE_BIN)/biome check --write --config-path tests/tools/page.biome.json $(PAGE_SOURCES)

bench: $(VENV)/dev.stamp ## Print the figures that are claimed, each beside what it is measured against
	@for figure in bench/*.py; do echo "== $$figure"; $(BIN)/python $$figure || exit 1; done

picture: setup ## Draw docs/workflow.svg from the definition
	$(BIN)/python -m stockflow.graph.picture

contracts: $(VENV)/dev.stamp ## Write the tables of docs/contracts.md and contracts_of_calls.md from the types
	$(BIN)/python -m tests.tools.contract_tables

page: tests/tools/node_modules/stamp ## Bundle the script and the style sheet of the run page; what it writes is checked in
	$(NODE_BIN)/esbuild stockflow/page/js/dom/page.mjs --bundle --minify --format=iife $(PAGE_OPTIONS) --outfile=$(PAGE)/page.min.js
	$(NODE_BIN)/esbuild stockflow/page/page.css --minify $(PAGE_OPTIONS) --outfile=$(PAGE)/page.min.css

build: $(BIN)/uv ## Build what Lambda runs into build/ (ARCHITECTURE=arm64 or x86_64), without Docker
	$(BIN)/python -m layers.build --architecture $(ARCHITECTURE)

console-template: build ## Gather build/console/, for a deployment by hand (FOLDER=s3://bucket/stockflow-1)
	@test -n "$(FOLDER)" || { echo "Write where you will upload build/console/: make console-template FOLDER=s3://my-bucket/stockflow-1" >&2; exit 2; }
	rm -rf build/console && mkdir build/console
	cp build/functions.zip build/layers/*.zip statemachine/*.asl.json build/console/
	sed -E 's#Uri: (build/layers|build|statemachine)/#Uri: $(FOLDER)/#' template.yaml > build/console/template.yaml

lock: $(VENV)/dev.stamp ## Write the lock files for what pyproject.toml and *.in ask (ARGS=--upgrade renews all pins)
	$(BIN)/uv pip compile $(ARGS) pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/run.lock
	$(BIN)/uv pip compile $(ARGS) pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/dev.lock
	$(BIN)/uv pip compile $(ARGS) pyproject.toml --extra speech --extra speech-multilingual -c requirements/dev.lock --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/speech.lock
	@for name in lint checkov; do $(BIN)/uv pip compile $(ARGS) requirements/$$name.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements/$$name.lock || exit 1; done
	$(BIN)/uv pip compile $(ARGS) requirements/lambda.in --universal --python-version 3.13 --generate-hashes --no-header --no-annotate -q -o requirements/lambda.lock
	@for name in localstack ministack; do $(BIN)/uv pip compile $(ARGS) requirements/$$name.in --python-version 3.13 --python-platform x86_64-manylinux_2_28 --generate-hashes --no-header --no-annotate -q -o requirements/$$name.lock || exit 1; done
	@for name in common pandas; do $(BIN)/uv pip compile $(ARGS) layers/$$name.in -c requirements/run.lock --universal --python-version 3.13 --generate-hashes --no-header -q -o layers/$$name.lock || exit 1; done

clean: ## Remove what was installed and made, but not out/
	rm -rf $(VENV) .import_linter_cache .venv-lint .venv-checkov .venv-localstack .venv-ministack .venv-speech tests/tools/node_modules build node_modules artifacts .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "stockflow needs Python 3.11 or newer: make setup PYTHON=python3.13" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/run.stamp: requirements/run.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/run.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/run.stamp
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements/dev.lock
	@touch $@

.venv-%/stamp: requirements/%.lock | $(BIN)/uv
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(@D)
	$(BIN)/uv pip sync --quiet --python $(@D)/bin/python $<
	@touch $@

.venv-speech/stamp: requirements/dev.lock requirements/speech.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(@D)
	$(BIN)/uv pip install --quiet --python $(@D)/bin/python -r requirements/dev.lock -r requirements/speech.lock
	$(BIN)/uv pip install --quiet --python $(@D)/bin/python --no-deps -e .
	@touch $@

.venv-localstack/stamp .venv-ministack/stamp: .venv-%/stamp: requirements/%.lock | $(VENV)/dev.stamp
	python=$$($(BIN)/python -m tests.engines.python313) && $(BIN)/uv venv --quiet --allow-existing --python $$python $(@D)
	$(BIN)/uv pip sync --quiet --python $(@D)/bin/python $<
	@touch $@

tests/tools/node_modules/stamp: tests/tools/package-lock.json
	@command -v npm >/dev/null || { echo "The linters of the workflow and of the run page need Node 20 or newer with npm: https://nodejs.org" >&2; exit 2; }
	npm ci --prefix tests/tools --silent --no-audit --no-fund
	@touch $@
