# Papertape. Needs Python 3.11 or newer and a package index; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
LOCKED := $(PIP) install --require-hashes --requirement
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
ALL_CORES := -n auto --dist worksteal
READY := $(VENV)/.ready
DEVELOPER := $(VENV)/.ready-to-develop
RIVALS := $(VENV)/.ready-to-bench

.PHONY: help run test check install bench format lock

help: ## Show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(READY) ## Set up, then start the exchange on http://127.0.0.1:7070 (ARGS='--seed 7' adds options)
	@exec $(BIN)/papertape serve $(ARGS)

test: $(DEVELOPER) ## Set up, then run the tests (ARGS='-k orders' picks some)
	@$(BIN)/python -m pytest $(or $(ARGS),$(ALL_CORES))

check: $(DEVELOPER) ## What CI runs: lint, format, types, layers, then every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest $(ALL_CORES)

install: $(DEVELOPER) ## Set up only

bench: $(DEVELOPER) $(RIVALS) ## Measure this machine, each figure beside a floor or a peer (ARGS=orders picks one)
	@$(BIN)/python -m benchmarks $(ARGS)

format: $(DEVELOPER) ## Format the code, sort imports and bring the generated pages up to date
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python docs/generate.py

lock: $(DEVELOPER) ## Resolve the dependencies anew into requirements/
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements/develop.lock
	$(COMPILE) --upgrade pyproject.toml --group build --constraint requirements/develop.lock --output-file requirements/run.lock
	$(COMPILE) --upgrade --group pyproject.toml:bench --constraint requirements/develop.lock --output-file requirements/bench.lock

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo 'Papertape needs Python 3.11 or newer: no $(PYTHON) found' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Papertape needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name a newer one: make run PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo 'Setting up $(VENV) (once; about a minute)' >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(READY): requirements/run.lock pyproject.toml | $(BIN)/python
	@$(LOCKED) requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPER): requirements/develop.lock | $(READY)
	@$(LOCKED) requirements/develop.lock
	@touch $@

$(RIVALS): requirements/bench.lock | $(DEVELOPER)
	@$(LOCKED) requirements/bench.lock || echo 'bench: some peers have no build for this machine; their rows will say so' >&2
	@touch $@
