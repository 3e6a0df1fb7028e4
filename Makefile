# `make help` lists the targets. Everything is installed into .venv and node_modules.

PORT ?=
CSV ?=
TEST ?=
UPGRADE ?=
# Tests wait for storage more than they compute: twice as many as most machines have cores.
WORKERS ?= 4
SOAK ?=
BRANCHES ?=
# A folder: each part of the tests leaves its results there, for a pipeline to publish.
RESULTS ?=
PART ?=
RUNS ?= 1
QUICK ?=
PYTHON := .venv/bin/python
PACKAGES := .venv/.packages-installed
EMULATOR := node_modules/.emulator-installed

export PORT CSV

# A path is passed on as it is, anything else as an expression for -k.
SELECTED = $(if $(wildcard $(firstword $(subst ::, ,$(TEST)))),$(TEST),$(if $(TEST),-k "$(TEST)"))

.PHONY: help start drop lint unit test soak browser audit bench profile package requirements setup infra-check

help:
	@echo "make start           run the app and its storage locally (PORT=7071)"
	@echo "make drop CSV=path   upload a CSV to the running app and follow the run (PORT=7071)"
	@echo "make lint            style, types, layers and the pipeline's schema"
	@echo "make unit            the fast tests; TEST=path or TEST='-k expression' selects some"
	@echo "make test            everything CI runs: lint and all tests; BRANCHES=1 counts branches"
	@echo "make soak            long campaigns of faults; SOAK='--only kills --rounds 10' selects"
	@echo "make browser         install the browser for the page's tests (Debian; uses sudo)"
	@echo "make audit           look the deployed packages up among known vulnerabilities"
	@echo "make bench           measure speed and write docs/benchmarks.md; RUNS=3 runs in a row"
	@echo "make bench PART=cold make one table alone: table pipeline ten-times model urls calls http"
	@echo "                     cold what-if swap scale; PART='calls http' makes several; QUICK=1"
	@echo "                     takes a third of the rounds, about a minute for each part"
	@echo "make profile         show where a run's time and memory go, and a cold start's (CSV=path)"
	@echo "make package         build what is deployed into dist/, try it, show its size and start time"
	@echo "make requirements    compile requirements*.txt from requirements*.in; UPGRADE=package"
	@echo "make infra-check     check the infrastructure in an environment of its own; part of make test"
	@echo "make setup           install what the other targets need; they do it themselves"

start: setup
	@exec $(PYTHON) -m devhost start

drop: $(PACKAGES)
	@exec $(PYTHON) -m devhost drop "$$CSV"

lint: $(PACKAGES)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	.venv/bin/check-jsonschema --builtin-schema vendor.azure-pipelines \
	  --data-transform azure-pipelines --regex-variant python azure-pipelines.yml pipelines/*.yml

unit: $(PACKAGES)
	$(PYTHON) -m pytest -m "not emulator and not browser and not training" $(or $(SELECTED),-n auto --dist loadfile)

# Without a browser CI fails at once; elsewhere the page's tests are skipped, and the last line says so.
test: setup lint infra-check
	@$(PYTHON) -m devhost check-browser || test -z "$$CI"
	$(if $(BRANCHES),COVERAGE_CORE=ctrace) $(PYTHON) -m pytest --cov $(if $(BRANCHES),--cov-branch --cov-fail-under 98) \
	  -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(if $(RESULTS),--junitxml=$(RESULTS)/app.xml)
	@$(PYTHON) -m devhost check-browser || true

soak: setup
	$(PYTHON) -m tests.soak --out docs/reliability.md $(SOAK)

browser: $(PACKAGES)
	@$(PYTHON) -m devhost install-browser

# Fails on a finding; where the data cannot be reached, says how many packages were not looked up.
audit: $(PACKAGES)
	@$(PYTHON) -m devhost audit

bench: setup
	$(PYTHON) -m benchmarks $(PART) --runs $(RUNS) $(if $(QUICK),--quick)

profile: $(PACKAGES)
	@$(PYTHON) -m benchmarks.profile $(if $(CSV),"$$CSV")
	@$(PYTHON) -m benchmarks.import_times

package: setup
	@$(PYTHON) -m tools.build_package
	@$(PYTHON) -m tools.build_package --package serving
	@$(PYTHON) -m tools.measure_start
	@$(PYTHON) -m tools.check_package

requirements: $(PACKAGES)
	for name in requirements requirements-serving requirements-dev requirements-infra; do \
	  .venv/bin/uv pip compile --quiet --python-version 3.13 \
	    --custom-compile-command "make requirements" $(if $(UPGRADE),-P $(UPGRADE)) \
	    --output-file $$name.txt $$name.in || exit; \
	done

setup: $(PACKAGES) $(EMULATOR)

$(PYTHON):
	@for python in python3.13 python3; do \
	  if [ "$$($$python -c 'import sys; print(sys.version_info[:2])' 2>/dev/null)" = "(3, 13)" ]; then \
	    echo "Creating .venv with $$python ..."; \
	    exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "Python 3.13 is required, and neither python3.13 nor python3 on the PATH is that version: install it." >&2; \
	exit 1

$(PACKAGES): requirements-dev.txt | $(PYTHON)
	@echo "Installing the Python packages (a minute or two, once) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(EMULATOR): package.json package-lock.json | $(PACKAGES)
	@$(PYTHON) -m devhost install-emulator
	@touch $@

# Without a cloud and without the compiler, which only the pipeline has: references, properties,
# roles, policies, scripts.
infra-check: .venv-infra/.packages-installed
	.venv-infra/bin/python -m pytest infra/tests $(if $(RESULTS),--junitxml=$(RESULTS)/infra.xml)
	.venv-infra/bin/shellcheck infra/scripts/*.sh .ci/run
# Of what is deployed alone: it reads every file below its path, and a built package has thousands.
	@rm -rf .local/doctor && mkdir -p .local/doctor
	@cp -R function_app.py host.json requirements.txt .funcignore serving shared training .local/doctor
	.venv-infra/bin/azure-functions-doctor doctor --path .local/doctor --profile deploy \
	  --hosting-plan flex-consumption --deployment-mode local-prebuilt

.venv-infra/.packages-installed: requirements-infra.txt | $(PACKAGES)
	@echo "Installing what checks the infrastructure (a minute, once) ..."
	@.venv/bin/uv venv --quiet --clear --python $(PYTHON) .venv-infra
	@.venv/bin/uv pip install --quiet --python .venv-infra/bin/python -r requirements-infra.txt
	@touch $@
