# make report   set up and build the report in reports/
# make test     set up and run every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help report test lint lock data clean
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

# make lock     pin every dependency again (needs uv)
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev --custom-compile-command "make lock" pyproject.toml -o requirements.lock

# make data     rewrite hashes and generated tables after data/ was edited
data: $(READY)
	$(BIN)/python -m abscase.catalog

# make clean    remove what the above made
clean:
	rm -rf $(VENV) reports build dist .mypy_cache .pytest_cache .ruff_cache
