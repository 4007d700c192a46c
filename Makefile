# Everything a contributor types. Each target first makes sure of `.venv`, so that none of them needs anything but Python and make.
#
# `.venv/.ready` records what the environment was built from: the interpreter and a checksum of the requirement files. It is
# written last, so an interrupted installation leaves none and is done again. Comparing it costs one start of an interpreter
# and no network. Content is compared and not file times, because a checkout touches times without changing anything.

.DEFAULT_GOAL := help
.PHONY: help run console console-check console-test console-report walkthrough test coverage check bench faults clients package rehearse infra deploy format pins hooks api-baseline clean environment documents sdk sdk-package

# PYTHON names the interpreter to use; without it an existing environment is kept, or the newest supported one is looked for.
PYTHON ?=
# How many test processes run side by side. One more than two cores have, because some tests wait for servers.
JOBS ?= 3
# Passed on to the program that the target runs, as in `make bench ARGS=--quick`.
ARGS ?=
# How long `make faults` runs, and from what it makes its random choices.
MINUTES ?= 10
SEED ?= 1
# The interface of `make run`. Some shells have a variable HOST with the machine's name; only one on the command line counts.
HOST := 127.0.0.1
# Which deployment: a stage of .chalice/config.json.
STAGE ?= dev
# What `make package` builds. Only this one is supported; the command says so for others.
FORMAT ?= cloudformation

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REQUIREMENTS := requirements.txt requirements-dev.txt
PINNED := $(REQUIREMENTS) requirements-rehearsal.txt tests/clients/requirements.txt

# npm starts programs that look for node on the path, so the environment's node has to be the first one there:
# `$(NPM) --prefix FOLDER ci` and `$(NPM) --prefix FOLDER run SCRIPT`. Only `npm ci` installs, because it obeys the lock file.
DOCUMENTS := tests/documents
SDK := sdk/typescript
NPM := PATH="$(abspath $(BIN)):$$PATH" $(BIN)/npm
# $(call INSTALL,FOLDER) installs the packages of a folder's lock file, unless they are those of the last installation.
INSTALL = cmp -s $(1)/package-lock.json $(1)/node_modules/.installed-lock || { \
	  $(NPM) --prefix $(1) ci --ignore-scripts --no-audit --no-fund && \
	  cp $(1)/package-lock.json $(1)/node_modules/.installed-lock; }

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: environment  ## Start the whole system on this machine (PORT=8000 HOST=127.0.0.1)
	@$(BIN)/python -m infra.console --if-possible
	@exec $(BIN)/python -m infra.local --host '$(HOST)' $(ARGS)

console: environment  ## Build the web console, if its sources have changed
	@$(BIN)/python -m infra.console

console-check: environment  ## Check the console: lint, types, unit tests, size of the first load
	@$(BIN)/python -m infra.console --tools
	$(NPM) --prefix console run --silent types
	$(NPM) --prefix console run --silent check
	$(NPM) --prefix console run --silent test
	$(NPM) --prefix console run --silent size

console-test: console-check  ## Check the console, and test it in Chromium against the local stack
	$(NPM) --prefix console run --silent flows

console-report: environment  ## Measure the console: sizes, and the time until it can be used
	@$(BIN)/python -m infra.console --tools
	$(NPM) --prefix console run --silent report

walkthrough: environment  ## Play one delivery against a running `make run` (PORT=8000)
	@exec $(BIN)/python -m infra.local.walkthrough $(ARGS)

# Containers often tell Python to keep no byte code. Each start, and each of the tests' hundred processes, would compile all anew.
run walkthrough test coverage: export PYTHONDONTWRITEBYTECODE :=
test: environment  ## Run all tests (ARGS=tests/unit for some of them)
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

coverage: export BATON_TEST_PROFILE := thorough
coverage: environment  ## Run all tests with all their examples, and measure coverage
	$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term-missing:skip-covered $(ARGS)

check: environment  ## Check formatting, lint, types, architecture and the API
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m infra.api_diff

documents: environment  ## Let Spectral, Redocly and AsyncAPI's parser read the API's documents
	$(BIN)/python -m infra.api_documents build/documents
	@$(call INSTALL,$(DOCUMENTS))
	$(NPM) --prefix $(DOCUMENTS) run --silent all

sdk: sdk-package  ## Check and test the TypeScript package, in Node and in Chromium
	$(NPM) --prefix $(SDK) run --silent all

sdk-package: environment  ## Build the TypeScript package
	$(BIN)/python -m infra.api_documents build/documents
	@$(call INSTALL,$(SDK))
	$(NPM) --prefix $(SDK) run --silent package

bench: environment  ## Measure round trips, units and time per endpoint
	$(BIN)/python -m tests.benchmarks $(ARGS)

faults: environment  ## Break the calls to the store, kill processes, recount everything (MINUTES=10 SEED=1)
	$(BIN)/python -m tests.faults --minutes $(MINUTES) --seed $(SEED) $(ARGS)

clients: environment  ## Generate clients in six languages, compile them, play flows through four (ARGS=kotlin for one)
	$(BIN)/python -m tests.clients $(ARGS)

package: environment  ## Build what Lambda gets, and compare it with a stock package (STAGE=dev)
	$(BIN)/python -m infra.packaging --stage $(STAGE) --format $(FORMAT) $(ARGS)

rehearse: environment  ## Deploy to an emulator of AWS, play all flows there, take it away again
	@$(BIN)/python -m infra.console --if-possible
	$(BIN)/python -m infra.rehearsal $(ARGS)

infra: environment  ## Make or update a stage's tables, buckets and token keys in AWS (STAGE=dev)
	$(BIN)/python -m infra.deploy foundation --stage $(STAGE) $(ARGS)

deploy: environment  ## Build package and console of a stage, and roll them out with CloudFormation (STAGE=prod)
	$(BIN)/python -m infra.deploy application --stage $(STAGE) $(ARGS)

format: environment  ## Format the code and apply the safe lint fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# uv keeps the versions that the files already name, unless ARGS asks for others, such as `--upgrade-package pillow`.
pins: environment  ## Write requirements*.txt from requirements*.in (ARGS=--upgrade)
	@for name in $(basename $(PINNED)); do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --custom-compile-command "make pins" $(ARGS) $$name.in --output-file $$name.txt || exit 1; \
	done

api-baseline: environment  ## Make the API of this checkout the one that `make check` compares with (at a release)
	$(BIN)/python -m infra.api_diff --write

hooks: environment  ## Let git run the checks: the fast ones before a commit, all before a push
	$(BIN)/pre-commit install

clean:  ## Remove caches and reports; the environment stays
	rm -rf $(SDK)/dist $(SDK)/src/generated
	rm -rf .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name $(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# A name is not enough to choose by: version managers put commands on the path that exist and fail. So each candidate is run,
# and the interpreter below a virtual environment is reported, because `.venv` itself may be the active one.
define PROBE
import os, sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("it is Python %d.%d" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("it cannot make virtual environments; the system package python3-venv is missing")
print(os.path.realpath(sys._base_executable))
endef
export PROBE

environment:
	@set -eu; \
	probe() { command -v "$$1" >/dev/null 2>&1 || { echo "no such command" >&2; return 1; }; "$$1" -c "$$PROBE"; }; \
	wanted="$(PYTHON)"; base=; reasons=; \
	if [ -z "$$wanted" ] && [ -f $(READY) ]; then wanted=$(BIN)/python; fi; \
	for candidate in $${wanted:-} $(if $(PYTHON),,python3.13 python3.12 python3.11 python3); do \
	  if answer=$$(probe "$$candidate" 2>&1); then base=$$answer; break; fi; \
	  reasons="$$reasons$$(printf '\n  %s: %s' "$$candidate" "$$(echo "$$answer" | head -n 1)")"; \
	done; \
	if [ -z "$$base" ]; then \
	  echo "Baton needs Python 3.11, 3.12 or 3.13, and none was usable:$$reasons" >&2; \
	  echo "Install one of them, or name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
	fi; \
	built_from="$$base $$("$$base" -V) $$(cat $(REQUIREMENTS) | cksum)"; \
	if [ -x $(BIN)/python ] && [ "$$(cat $(READY) 2>/dev/null)" = "$$built_from" ]; then exit 0; fi; \
	"$$base" -m infra.virtual_environment "$$built_from"
