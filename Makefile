# `make demo` on a fresh machine needs python3 (3.11 or later) and make, nothing else.
# PICRETE_PYTHON=/path/to/python3 chooses the interpreter, PICRETE_SETUP_SYSTEM=no keeps off apt-get and brew.

PYTHON := $(or $(PICRETE_PYTHON),python3)
BIN := .venv/bin
# An environment that was copied here from another folder, or made by another Python, is not ready.
KEY := $(shell echo "$(CURDIR) $(PYTHON)" | cksum | cut -d " " -f 1)
RUN := .venv/.ready-run-$(KEY)
DEV := .venv/.ready-dev-$(KEY)
NEEDS := pyproject.toml $(wildcard scripts/*.py)

.PHONY: help demo up setup test audit soak check docs format clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## everything on this machine, with a course to look at
	$(BIN)/picrete demo

up: $(RUN) ## the server, on servers of its own unless the settings name others
	$(BIN)/picrete up

setup: $(RUN) ## only install what is needed

test: $(DEV) ## all tests
	$(BIN)/python -m pytest

audit: $(DEV) ## attacks, scanners, clients and tools of others, and 10,000 sockets (the clients need Node)
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[local,dev,audit]"
	$(BIN)/python -m tests.attack.audit
	$(BIN)/python -m tests.clients.audit

MINUTES ?= 30
STUDENTS ?= 100

soak: $(DEV) ## mixed use with a fault every minute, then everybody's ledger beside the database (MINUTES, STUDENTS)
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --students $(STUDENTS)

check: $(DEV) ## style, types, direction of imports, schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/picrete schema --check
	$(BIN)/picrete reference --check

docs: $(DEV) ## the documentation as a site in site/, every link checked
	$(BIN)/sphinx-build -q -E -W --keep-going -b html docs site

format: $(DEV) ## put the source into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what was installed and cached; the data in .picrete stay
	rm -rf .venv site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): $(NEEDS)
	@$(PYTHON) scripts/setup.py run
	@touch $@

$(DEV): $(NEEDS)
	@$(PYTHON) scripts/setup.py dev
	@touch $@ $(RUN)
