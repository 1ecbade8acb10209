# Gesond. `make run` tries it, `make test` proves it, `make check` reads it, `make bench` measures it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# *//p;/^[a-z-]*:.*##/s/:.*## /\t/p' Makefile

$(VENV)/.demo: requirements/demo.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	touch $@

$(VENV)/.development: requirements/development.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	touch $@ $(VENV)/.demo

requirements: ## pin every dependency again, with hashes
	for set in production demo development; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$set.in -o requirements/$$set.txt; done

format: $(VENV)/.development ## put the code in its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

.PHONY: help requirements format
