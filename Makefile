# Gesond: an open national e-health platform.
#
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ASSETS := gesond/web/static/dist/main.css
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Each command starts in a third of the time once Python may keep what it compiled.
export PYTHONDONTWRITEBYTECODE :=
# Older makes cannot keep the lines of parallel checks apart.
SYNC := $(if $(filter 3.%,$(MAKE_VERSION)),,--output-sync=target)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 22
	@echo
	@echo "  PORT=8010 GESOND_HOME=/somewhere make run starts a second one beside the first."

run: $(VENV)/.demo $(ASSETS) ## start Gesond on http://localhost:8000 with demo people; Ctrl-C stops it
	@exec $(BIN)/python manage.py run

test: $(VENV)/.development $(ASSETS) ## everything: units on a real PostgreSQL, then a real browser on the running service
	@$(BIN)/python tests/e2e/chromium.py
	@result=0; \
	echo "== Units"; $(BIN)/pytest --quiet --numprocesses auto gesond || result=$$?; \
	echo "== Browser"; $(BIN)/pytest --quiet --numprocesses 2 --dist worksteal tests || result=$$?; \
	exit $$result

CHECKS := format lint types templates imports translations migrations
check: $(VENV)/.development ## read it: format, lint, types, templates, imports, translations, migrations
	@$(MAKE) --no-print-directory --jobs --keep-going $(SYNC) $(addprefix check-,$(CHECKS))
	@echo "All checks passed: $(CHECKS)."

check-format:
	@$(BIN)/ruff format --check --quiet . || { echo "Not in its one form: make format"; exit 1; }

check-lint:
	@$(BIN)/ruff check --quiet .

# The types' plugin reads the settings; no server need be started for them.
check-types:
	@GESOND_DATABASE_URL=postgresql:///none $(BIN)/mypy --no-error-summary gesond

check-templates:
	@$(BIN)/djlint --lint --quiet gesond

check-imports:
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports

check-translations:
	@$(BIN)/python manage.py messages check

check-migrations:
	@GESOND_MODE=test GESOND_HOME=.gesond-test $(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.development $(ASSETS) ## measure it: one table, kept in bench/results.md
	@$(BIN)/python -m bench

format: $(VENV)/.development ## put code and translations in their one form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/python manage.py messages extract

build: $(ASSETS) ## build styles and scripts

requirements: $(VENV)/.development ## pin every dependency again, with hashes
	for set in production demo development; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    requirements/$$set.in -o requirements/$$set.txt; done

clean: ## remove what was built and installed, and the demo's data
	rm -rf $(VENV) node_modules gesond/web/static/dist .gesond .gesond-test test-results
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find gesond tests bench -name __pycache__ -prune -exec rm -rf {} +
	find gesond -name '*.mo' -delete

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Gesond needs Python 3.11 or newer. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv is missing here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.demo: requirements/demo.txt | $(BIN)/python
	@.ci/install requirements/demo.txt
	@touch $@

$(VENV)/.development: requirements/development.txt | $(BIN)/python
	@.ci/install requirements/development.txt
	@touch $@ $(VENV)/.demo

node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.demo
	@.ci/npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error
	@touch $@

$(ASSETS): $(shell find gesond/web/assets -type f) node_modules/.package-lock.json
	@.ci/npm run --silent build
	@touch $@

.PHONY: help run test check $(addprefix check-,$(CHECKS)) bench format build requirements clean
