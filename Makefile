# Steadfast: `make run` to see it, `make test` to trust it.

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
REQUIRE := $(if $(filter 1,$(STEADFAST_REQUIRE_ALL)),--require-all)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-pg bench chaos lint lock clean tools

help: ## this list
	@echo "make run [ARGS='--day 2s']   everything on this machine, with a few sample customers"
	@echo "make test [ARGS='-k name']   all checks and tests"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.run ## make .venv with what `make run` needs

setup-dev: $(VENV)/.dev ## make .venv with what `make test` needs as well

run: $(VENV)/.run ## bring everything up, feed a sample, print the addresses; Ctrl-C stops
	@$(BIN)/python starter.py dev --sample $(ARGS)

test: $(VENV)/.dev tools lint ## lint, types, import contracts, every test; ARGS go to pytest
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

test-pg: $(VENV)/.dev tools ## every test, on PostgreSQL
	@$(BIN)/python -m pytest -n $(WORKERS) --database postgresql $(ARGS)

bench: $(VENV)/.dev tools ## the timings of docs/benchmarks.md
	@$(BIN)/python -m pytest -m bench -p no:xdist -s $(ARGS)

chaos: $(VENV)/.dev tools ## many hard kills in a row of workers and commands
	@$(BIN)/python -m pytest -m chaos -p no:xdist $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "not formatted; run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary .
	@$(BIN)/lint-imports --no-cache >$(VENV)/.imports 2>&1 || { cat $(VENV)/.imports; exit 1; }

lock: ## work the locks out again from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH (https://docs.astral.sh/uv/)" >&2; exit 1; }
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove .venv and every cache; the state in .steadfast stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

tools: $(VENV)/.dev
	@$(BIN)/python -m stack.apt $(REQUIRE)
	@$(BIN)/python -m stack.prepare $(REQUIRE)

# The stamps: installed again only when a lock changes. The development lock holds everything of the other one.
$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing what requirements.lock names ..."
	@$(PIP) -r requirements.lock || { echo "could not install; see above: pip needs a package index" >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@echo "Installing what requirements-dev.lock names ..."
	@$(PIP) -r requirements-dev.lock || { echo "could not install; see above: pip needs a package index" >&2; exit 1; }
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found; install Python 3.11 or later, or: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1); use: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a venv; Debian: apt-get install python3-venv" >&2; exit 1; }
