# `make help` says what there is. Everything is installed into .venv and node_modules.

PORT ?=
CSV ?=
PYTHON := .venv/bin/python
PACKAGES := .venv/.packages-installed
EMULATOR := node_modules/.emulator-installed

export PORT CSV

.PHONY: help start drop test bench setup

help:
	@echo "make start           run the app and its storage on this machine (PORT=7071)"
	@echo "make drop CSV=path   hand a CSV to the running app and follow the run (PORT=7071)"
	@echo "make test            style, types, layers and tests"
	@echo "make bench           measure speed"
	@echo "make setup           install what the others need; they do it by themselves"

start: setup
	@exec $(PYTHON) -m devhost start

drop: $(PACKAGES)
	@exec $(PYTHON) -m devhost drop "$$CSV"

test: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	.venv/bin/check-jsonschema --builtin-schema vendor.azure-pipelines \
	  --data-transform azure-pipelines --regex-variant python azure-pipelines.yml
	@$(PYTHON) -m devhost install-browser
	$(PYTHON) -m pytest --cov -n auto --dist loadfile

bench: setup
	$(PYTHON) -m benchmarks

setup: $(PACKAGES) $(EMULATOR)

$(PYTHON):
	@for python in python3.13 python3; do \
	  if [ "$$($$python -c 'import sys; print(sys.version_info[:2])' 2>/dev/null)" = "(3, 13)" ]; then \
	    echo "Making .venv with $$python ..."; \
	    exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "Python 3.13 is needed, and neither python3.13 nor python3 on the PATH is one: install it." >&2; \
	exit 1

$(PACKAGES): requirements.txt requirements-dev.txt | $(PYTHON)
	@echo "Installing the Python packages (a minute or two, once) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(EMULATOR): package.json package-lock.json | $(PACKAGES)
	@$(PYTHON) -m devhost install-emulator
	@touch $@
