# Everything here needs python3 (3.11 or later); `python3 scripts/do.py demo` and `… test` do without make.
# PICRETE_PYTHON=/path/to/python3 chooses the interpreter, PICRETE_SETUP_SYSTEM=no keeps off apt-get and brew.

PYTHON := $(or $(PICRETE_PYTHON),python3)
BIN := .venv/bin

.PHONY: help demo up setup dev test audit soak check docs format clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: setup ## everything on this machine, with a course to look at
	$(BIN)/picrete demo

up: setup ## the server, on servers of its own unless the settings name others
	$(BIN)/picrete up

setup: ## only install what is needed
	@$(PYTHON) scripts/setup.py run

dev: ## the same with all that tests and checks need
	@$(PYTHON) scripts/setup.py dev

test: dev ## all tests
	$(BIN)/python -m pytest

audit: dev ## attacks, scanners, clients and tools of others, and 10,000 sockets (the clients need Node)
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[local,dev,audit]"
	$(BIN)/python -m tests.attack.audit
	$(BIN)/python -m tests.clients.audit

MINUTES ?= 30
STUDENTS ?= 100

soak: dev ## mixed use with a fault every minute, then everybody's ledger beside the database (MINUTES, STUDENTS)
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --students $(STUDENTS)

check: dev ## style, types, direction of imports, schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/picrete schema --check
	$(BIN)/picrete reference --check

docs: dev ## the documentation as a site in site/, every link checked
	$(BIN)/sphinx-build -q -E -W --keep-going -b html docs site

format: dev ## put the source into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what was installed and cached; the data in .picrete stay
	rm -rf .venv site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
