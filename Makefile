# Needs Python 3.11 or newer, make and git; everything else goes into .venv.
#
#   make report   run migscan on the showcase project, fixtures/marketplace
#   make test     run every check there is
#   make reports  write the committed example report, the README's excerpt and the page of rules anew
#   make catalogue  read the packages of analyzer/catalogue/packages.toml anew, from PyPI
#   make bench    measure time and memory on real projects from PyPI
#   make beside   measure against `makemigrations --check` and another static reader (REAL="name …" for projects)
#   make oracle   compare with what real Django says: 500 random projects and 500 random histories (PROJECTS=…),
#                 then real ones from PyPI and from public repositories, eight of them after a hundred changes each
#   make layout   compare the predicted layout with what real makemigrations writes (PROJECTS="name …")
#   make rehearse carry resets out with real Django, as PLAN.md says, on SQLite and PostgreSQL, and let it
#                 load what `replaces` leads to on databases that got half of the way
#                 (PROJECTS="name …"; needs Debian's postgresql)
#   make drafts    run the drafts of a plan on empty databases beside the old migrations (REAL="name …")
#   make verdicts  run the migrations of real projects on empty databases, and compare what data operations
#                 leave with what migscan says of them (REAL="name …" for projects; needs Debian's postgresql)
#   make skipped  check that parsing every file changes no report (PROJECTS="folder …" for other projects)
#   make renewed  check that what is taken from an earlier run changes nothing (PROJECTS="folder …")
#   make fuzz     read 20,000 spoilt files (FUZZ="--inputs 500 --seed 7 folder …"), keep what fails in .fuzz/
#   make clean    remove what these made
#
# PYTHON=… chooses the interpreter; otherwise the first one found that is new enough.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
REPORT := migscan-report

.DEFAULT_GOAL := help
.PHONY: help report test lint format types imports pytest oracle reports catalogue bench beside layout rehearse drafts skipped renewed clean verdicts fuzz

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

# ---------------------------------------------------------------- set up

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "migscan needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(RUN) pip install --quiet --upgrade "pip>=25.1"

# The stamps make a second run install nothing, until pyproject.toml changes.
$(VENV)/.runtime: pyproject.toml | $(BIN)/python
	@echo "installing migscan into $(VENV)"
	$(RUN) pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.runtime
	@echo "installing the tools that check it into $(VENV)"
	$(RUN) pip install --quiet --group dev --group oracle
	@touch $@

# ---------------------------------------------------------------- run

# Exit code 1 says that migscan found something, and the showcase is full of finds.
report: $(VENV)/.runtime
	$(RUN) analyzer fixtures/marketplace --output $(REPORT) || test $$? -eq 1

# ---------------------------------------------------------------- check

# Every check runs, whatever became of the one before.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory --keep-going lint format types imports pytest \
		&& echo "all checks passed" || { echo "some checks failed, see above" >&2; exit 1; }

lint: $(VENV)/.dev
	$(RUN) ruff check .

format: $(VENV)/.dev
	$(RUN) ruff format --check .

types: $(VENV)/.dev
	$(RUN) mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

pytest: $(VENV)/.dev
	$(RUN) pytest -n auto

# All run, whatever became of the ones before.  What they fetch is kept in .oracle.
ORACLES := real.run factories.run versions.run mutations.run verify.run verify.remade environments.corruptions

oracle: $(VENV)/.dev
	@failed=""; \
		$(RUN) pytest tests/oracle/generated -s --projects $(or $(PROJECTS),500) \
			--histories $(or $(PROJECTS),500) || failed="generated"; \
		for oracle in $(ORACLES); do \
			echo "== $$oracle"; $(RUN) tests.oracle.$$oracle || failed="$$failed $$oracle"; \
		done; \
		test -z "$$failed" || { echo "these differ from Django: $$failed" >&2; exit 1; }

layout: $(VENV)/.dev
	$(RUN) tests.oracle.layout.run $(PROJECTS)

rehearse: $(VENV)/.dev
	@failed=0; for engine in sqlite postgresql; do \
		echo "== $$engine"; $(RUN) tests.oracle.rehearse.run --engine $$engine $(PROJECTS) || failed=1; \
	done; echo "== loading"; $(RUN) tests.oracle.rehearse.loading $(PROJECTS) || failed=1; exit $$failed

drafts: $(VENV)/.dev
	$(RUN) tests.oracle.drafts.run $(REAL)

verdicts: $(VENV)/.dev
	$(RUN) tests.oracle.verdicts.run $(REAL)

skipped: $(VENV)/.runtime
	PYTHONPATH=. $(BIN)/python tools/skipped.py $(PROJECTS)

renewed: $(VENV)/.runtime
	PYTHONPATH=. $(BIN)/python tools/renewed.py $(PROJECTS)

fuzz: $(VENV)/.dev
	$(RUN) tests.robustness.fuzz.run $(FUZZ)

# ---------------------------------------------------------------- committed results

reports: $(VENV)/.runtime
	$(RUN) analyzer fixtures/marketplace --no-cache --quiet --output reports/marketplace || test $$? -eq 1
	$(BIN)/python tools/excerpt.py
	$(RUN) analyzer rules --format md > reports/RULES.md

catalogue: $(VENV)/.runtime
	$(RUN) analyzer.catalogue.generate

# ---------------------------------------------------------------- measure

bench: $(VENV)/.runtime
	$(BIN)/python tools/bench.py $(BENCH)

beside: $(VENV)/.dev
	$(RUN) tests.oracle.real.beside $(REAL)

clean:
	rm -rf $(VENV) $(REPORT) .bench .fuzz .oracle build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name .migscan_cache -type d -prune -exec rm -rf {} +
