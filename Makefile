# make report   set up and build the report in reports/
# make test     set up and run every check (after make spark on Spark too)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark

.PHONY: help report test spark lint lock data clean
help:
	@sed -n 's/^# make /make /p' Makefile

report: $(READY)
	$(BIN)/abscase report

test: lint
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Installs with uv where there is one, with pip where there is not; either way by hash.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "abscase needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@rm -f $(READY)
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV) && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(READY)

# make spark    add Spark to the set-up; large, and it needs Java 17 or newer
# Spark comes as source only; uv holds what builds its wheel to the same lock.
spark: $(SPARK)
$(SPARK): requirements-spark.lock $(READY)
	@if ! command -v java >/dev/null; then \
	  echo "No java here: without it Spark does not run, and its tests are skipped. Install Java 17 or newer."; \
	else \
	  echo "Adding Spark (once; a minute or two) ..." && \
	  if command -v uv >/dev/null; then \
	    uv pip install --quiet --python $(BIN)/python --require-hashes --build-constraints requirements-spark.lock -r requirements-spark.lock ; \
	  else \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock ; \
	  fi && \
	  touch $(SPARK) ; \
	fi

# make lock     pin every dependency again (needs uv)
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	{ sed -n 's/^spark = \["\(.*\)"\]/\1/p' pyproject.toml; echo setuptools; } | \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" - -o requirements-spark.lock

# make data     rewrite hashes and generated tables after data/ was edited
data: $(READY)
	$(BIN)/python -m abscase.catalog

# make clean    remove what the above made
clean:
	rm -rf $(VENV) reports build dist .mypy_cache .pytest_cache .ruff_cache
