# Every step of CI is one of these targets. `make run` and `make test` need Python 3.11+ and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# A Linux machine without a GPU saves two gigabytes: make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
NPM = PATH="$(CURDIR)/$(BIN):$$PATH" npm

PACKAGING := pyproject.toml hatch_build.py
BROWSER := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
PYTHON_FILES := rl_core backend tests bench docs hatch_build.py

.PHONY: help run test bench screenshots format schema static lint types imports schema-check browser browser-check \
	pytest chromium clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

run: $(VENV)/installed ## start the dashboard on 127.0.0.1:8420
	$(BIN)/policyscope serve

test: $(VENV)/dev ## everything that CI runs
	$(MAKE) --jobs 2 --output-sync=target chromium static browser
	$(MAKE) pytest

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found. Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# An editable install builds the browser part (hatch_build.py), so a changed source file installs again.
$(VENV)/installed: $(PACKAGING) $(BROWSER) | $(BIN)/python
	@echo "Installing into $(VENV): a minute or two the first time, most of it PyTorch."
	$(PIP) --editable '.[box2d,mujoco]'
	@touch $@

$(VENV)/dev: $(PACKAGING) $(BROWSER) | $(BIN)/python
	$(PIP) --editable '.[dev,box2d,mujoco]'
	$(BIN)/python -c 'import pathlib, hatch_build; hatch_build.link_node(pathlib.Path("$(BIN)"))'
	@touch $@ $(VENV)/installed

$(VENV)/bench: $(PACKAGING) | $(VENV)/installed
	$(PIP) --editable '.[bench]'
	@touch $@

static: $(VENV)/dev ## ruff, mypy and the import contracts
static: lint types imports

lint: $(VENV)/dev
	$(BIN)/ruff check $(PYTHON_FILES)
	$(BIN)/ruff format --check $(PYTHON_FILES)

types: $(VENV)/dev
	$(BIN)/mypy

imports: $(VENV)/dev
	$(BIN)/lint-imports

format: $(VENV)/dev ## ruff's fixes and formatting
	$(BIN)/ruff check --fix $(PYTHON_FILES)
	$(BIN)/ruff format $(PYTHON_FILES)

schema: $(VENV)/dev ## regenerate frontend/src/generated from the server's models
	$(BIN)/python -m backend.schema
	cd frontend && $(NPM) run --silent types

schema-check: schema
	@git diff --exit-code -- frontend/src/generated \
		|| { echo "frontend/src/generated is not what the server says: run 'make schema' and commit."; exit 1; }

browser: schema-check # whose types the browser part is checked with
	$(MAKE) browser-check

browser-check: $(VENV)/dev ## typecheck, lint and unit tests of the browser part
	cd frontend && $(NPM) run --silent typecheck
	cd frontend && $(NPM) run --silent lint
	cd frontend && $(NPM) test --silent

# What starts processes of its own and looks at them through a browser or through kills gets the machine to itself.
ALONE := tests/e2e tests/faults

pytest: $(VENV)/dev ## engine, server, faults and stories in a real browser
	@failed=0; \
	$(BIN)/pytest --numprocesses 2 --dist loadfile $(ALONE:%=--ignore=%) || failed=1; \
	$(BIN)/pytest $(ALONE) || failed=1; \
	exit $$failed

# CI fails without a browser; a laptop without one skips the stories with a sentence (tests/conftest.py).
chromium:
	@if [ -n "$${CI:-}" ] && ! $(PYTHON) tests/browser.py >/dev/null; then \
		SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$SUDO apt-get update && $$SUDO apt-get install --yes --no-install-recommends chromium; \
	fi

bench: $(VENV)/bench ## compare with peers on this machine and print the tables
	$(BIN)/python -m bench

screenshots: $(VENV)/dev chromium ## retake the pictures of the README from a real run
	$(BIN)/python -m docs.screenshots

clean: ## remove what was built, not the virtual environment
	rm -rf backend/static frontend/dist build dist .mypy_cache .ruff_cache .pytest_cache
	rm -f $(VENV)/installed $(VENV)/dev $(VENV)/bench
