# Short recipes over `python -m helpers`, which also works where there is no make.
# Which products are out of date is decided there, by content; make only keeps the environment.

INDEX ?=
UNIT  ?=
UNIT_SET ?=
YEAR  ?=
LANGS ?= vi en
UNITS ?=
PEERS ?=
BRIEF ?=
SCHEDULER ?=
ACCEPT ?=
FILE ?=
INSECURE ?=
OPTIONS ?=
CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome))
export CHROMIUM

# An active conda environment, or PYTHON=..., is used in place of .venv.
ifdef CONDA_PREFIX
PYTHON ?= $(CONDA_PREFIX)/bin/python
endif
ifdef PYTHON
ENV := given
else
PYTHON := .venv/bin/python
ENV := .venv/installed
endif
BASE_PYTHON ?= python3

# A misspelt variable on the command line would be ignored; it is an error instead.
KNOWN := ACCEPT BRIEF FILE NAME FROM TABLE UNIT_COLUMN INDEX UNIT UNIT_SET YEAR LANGS UNITS PEERS SCHEDULER INSECURE OPTIONS LANG CHROMIUM PYTHON BASE_PYTHON CONDA_PREFIX
UNKNOWN := $(filter-out $(KNOWN),$(foreach v,$(subst \ ,_,$(MAKEOVERRIDES)),$(firstword $(subst =, ,$(v)))))
$(if $(UNKNOWN),$(error unknown variable $(UNKNOWN); there are: $(KNOWN)))
# So would one that the targets asked for do not use.
USES_data := INDEX
USES_report := INDEX UNIT YEAR LANGS PEERS UNITS BRIEF
USES_reports := INDEX UNITS YEAR LANGS PEERS SCHEDULER INSECURE
USES_report-national := INDEX UNIT_SET YEAR LANGS PEERS UNITS
USES_site := INDEX UNIT_SET YEAR LANGS SCHEDULER INSECURE
USES_new-index := NAME FROM TABLE UNIT_COLUMN YEAR
USES_add-table := INDEX FROM TABLE UNIT_COLUMN YEAR
USES_check := INDEX
USES_record-raw := ACCEPT
USES_why := FILE
USES_phrases := LANGS
USES_update-phrases := LANGS
USES_lab := OPTIONS LANG
USES_test := CHROMIUM
USES_test-browser := CHROMIUM
GIVEN := $(filter-out PYTHON BASE_PYTHON CONDA_PREFIX,$(foreach v,$(subst \ ,_,$(MAKEOVERRIDES)),$(firstword $(subst =, ,$(v)))))
UNUSED := $(filter-out $(foreach g,$(or $(MAKECMDGOALS),report),$(USES_$(g))),$(GIVEN))
$(if $(UNUSED),$(error $(UNUSED) has no effect on $(or $(MAKECMDGOALS),report); it uses: $(or $(foreach g,$(or $(MAKECMDGOALS),report),$(USES_$(g))),no variables)))
$(if $(and $(value PEERS),$(value UNITS),$(filter-out reports,$(or $(MAKECMDGOALS),report))),$(error PEERS and UNITS are the same here; give one))

# Compiling the project anew in every process would take a fifth of a call with nothing to do.
unexport PYTHONDONTWRITEBYTECODE
# Recipes `exec`, so that a signal to make alone reaches the work and not a shell around it.
# Values reach the recipes through the environment, so that no shell runs what is in them.
define pass
override $(1) := $$(value $(1))
export $(1)
endef
$(foreach v,ACCEPT BRIEF FILE INDEX UNIT UNIT_SET YEAR LANGS UNITS PEERS SCHEDULER INSECURE OPTIONS NAME FROM TABLE UNIT_COLUMN,$(eval $(call pass,$(v))))

.DEFAULT_GOAL := report
.DELETE_ON_ERROR:
.PHONY: help env data report reports report-national site cluster-key new-index add-table check why record-raw phrases update-phrases notebooks lab test test-browser test-spoilt test-faults test-peers verify lint docs samples format bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables: INDEX=dti UNIT=\"Phú Thọ\" UNITS=\"phu-tho ha-noi\" YEAR=2023 LANGS=\"vi en\" SCHEDULER=tls://... PYTHON=..."

env: $(ENV) ## Make the environment in .venv from requirements.lock

# uv installs five times as fast; where it finds no packages (it reads no pip.conf), pip does it.
# Two steps, so that a change of pyproject.toml does not install every package again.
.venv/locked: requirements.lock
	$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; set BASE_PYTHON=...")'
	$(BASE_PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	.venv/bin/python -m uv pip install --quiet --system-certs --compile-bytecode --require-hashes -r requirements.lock || \
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: given
given:
	@$(PYTHON) -c 'import helpers' 2>/dev/null || { echo "error: $(PYTHON) lacks this project; run: conda env update -f environment.yml, or deactivate conda to let make build .venv" >&2; exit 1; }

data: $(ENV) ## Make the processed tables of INDEX
	@exec $(PYTHON) -m helpers data --index "$$INDEX"

report: $(ENV) ## Make the report of UNIT in YEAR and LANGS as PDF and HTML, beside PEERS; BRIEF=1: page one
	@exec $(PYTHON) -m helpers report --index "$$INDEX" --unit "$$UNIT" --year "$$YEAR" --langs "$$LANGS" --peers "$${PEERS:-$$UNITS}" $(if $(BRIEF),--brief)

new-index: $(ENV) ## Make data/raw/NAME from the published table FROM (CSV, XLSX, saved page)
	@exec $(PYTHON) -m helpers new-index --name "$$NAME" --from "$$FROM" --table "$$TABLE" --unit "$$UNIT_COLUMN" --year "$$YEAR"

add-table: $(ENV) ## Keep one more published table FROM in INDEX
	@exec $(PYTHON) -m helpers add-table --index "$$INDEX" --from "$$FROM" --table "$$TABLE" --unit "$$UNIT_COLUMN" --year "$$YEAR"

check: $(ENV) ## List the open questions of INDEX, what was understood and what was left out
	@$(PYTHON) -m helpers check --index "$$INDEX"

reports: $(ENV) ## Make the reports of all units, or of UNITS, side by side; on SCHEDULER's workers
	@exec $(PYTHON) -m helpers reports --index "$$INDEX" --units "$$UNITS" --year "$$YEAR" --langs "$$LANGS" --scheduler "$$SCHEDULER" --peers "$$PEERS"

cluster-key: $(ENV) ## Make credentials for a Dask scheduler that is started by hand
	@exec $(PYTHON) -m helpers cluster-key

report-national: $(ENV) ## Make the report on the whole table of UNIT_SET in YEAR, or on that of PEERS alone
	@exec $(PYTHON) -m helpers report-national --index "$$INDEX" --unit-set "$$UNIT_SET" --year "$$YEAR" --langs "$$LANGS" --peers "$${PEERS:-$$UNITS}"

site: $(ENV) ## Make the site of INDEX in reports/site: all reports, a front page, the tables
	@exec $(PYTHON) -m helpers site --index "$$INDEX" --unit-set "$$UNIT_SET" --year "$$YEAR" --langs "$$LANGS" --scheduler "$$SCHEDULER"

why: $(ENV) ## Say what FILE was made from, back to addresses; FILE=table.csv:12 for a row
	@exec $(PYTHON) -m helpers why "$$FILE"

record-raw: $(ENV) ## Accept changed raw files, showing what changed; ACCEPT=1 where much of one went
	@exec $(PYTHON) -m helpers record-raw $(if $(ACCEPT),--accept)

phrases: $(ENV) ## List what the languages (or LANGS) lack, and say in English instead
	@$(PYTHON) -m helpers.words check --langs "$$LANGS"

update-phrases: $(ENV) ## Bring the catalogues of phrases in line with the code; begin that of a new language in LANGS
	@$(PYTHON) -m helpers.words update --langs "$$LANGS"

notebooks: $(ENV) ## Run the notebooks and store their outputs, which the tests compare with
	@exec $(PYTHON) -m helpers notebooks

lab: $(ENV) ## Open JupyterLab: the start beside the explorer; LANG=vi for a Vietnamese interface
	@exec $(PYTHON) -m helpers lab --options="$$OPTIONS"

# The notebooks in their order: each reads the tables that those before it write. The tests in that
# of tests/conftest.py, the slow files first.
test: lint ## Run all checks: lint, unit and property tests, every notebook, both reports
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/browser --ignore=tests/faults tests
	$(PYTHON) -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 -p no:xdist notebooks
	$(if $(CHROMIUM),$(PYTHON) -m pytest -n 2 --dist loadfile tests/browser,@echo "no Chromium here: the browser tests were left out; install it, or name it in CHROMIUM")

test-browser: $(ENV) ## Run JupyterLab and the pages in a headless Chromium; pictures of them in build/screenshots
	@exec $(PYTHON) -m pytest -n 2 --dist loadfile tests/browser

test-spoilt: $(ENV) ## Play 2,000 spoilt tables; `make test` plays the first of them
	SPOILT=2000 $(PYTHON) -m pytest -n 2 tests/newindex/test_spoilt_tables.py

# The faults, and the tests elsewhere that are about the same: who may connect, files that are edited
# by hand, signals to make, messages. As root it also fills disks and is another user.
test-faults: $(ENV) ## Break the commands in every way, kill them 100 times (KILLS); a table of what held
	$(PYTHON) -m pytest -n 2 --dist worksteal tests/faults tests/engine/test_credentials.py tests/index/test_spoilt.py tests/test_makefile.py tests/engine/test_run_codes.py tests/engine/test_run_alone.py

test-peers: $(ENV) ## Run the tests of nbclient, jupyter_client and nbval on forked and on stock kernels
	$(PYTHON) tests/prefork/peers.py

verify: $(ENV) ## Make the products under other conditions and compare every byte
	$(PYTHON) -m helpers.engine.verify

lint: $(ENV) ## Check style, types, and which package may import which
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	PYTHONPATH=src $(PYTHON) -c 'from importlinter.cli import lint_imports_command as check; check()' --no-cache --no-logo

docs: $(ENV) ## Write the pages and the JSON Schema that are made from the code
	$(PYTHON) -m helpers.index.document
	$(PYTHON) -m helpers.tables.describe
	$(PYTHON) -m helpers.report.review

samples: $(ENV) ## Make the reports that the repository keeps, and the README's picture
	$(PYTHON) -m helpers.engine.samples

format: $(ENV) ## Format the code
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: $(ENV) ## Measure: each method, kernels, the fan-out against plain papermill, growth with units
	$(PYTHON) benchmarks/methods.py
	$(PYTHON) benchmarks/kernels.py ready
	$(PYTHON) benchmarks/kernels.py single
	$(PYTHON) benchmarks/one_report.py
	$(PYTHON) benchmarks/reports.py
	$(PYTHON) benchmarks/explore.py
	$(PYTHON) benchmarks/growth.py

lock: $(ENV) ## Resolve requirements.lock and environment.yml anew from pyproject.toml
	$(PYTHON) -m uv pip compile --quiet --system-certs pyproject.toml --all-extras --universal --generate-hashes --no-header --no-annotate --upgrade -o requirements.lock
	$(PYTHON) -m helpers.engine.environment

# Without an environment there is no run to wait for, so any Python will do.
clean: ## Remove what can be made again, but not the environment; refused during a run
	@PYTHONPATH="src$${PYTHONPATH:+:$$PYTHONPATH}" exec $(if $(filter given,$(ENV)),$(PYTHON),$(or $(wildcard $(PYTHON)),$(BASE_PYTHON))) -m helpers clean
