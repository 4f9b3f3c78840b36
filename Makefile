# Two commands do everything on a fresh machine: make reports, make test.
# Works with GNU make 3.81 (macOS) and later.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON3 := $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$p; break; fi; done)

# Compiled modules are kept: every test of the command line starts Python anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: reports test test-all bench bench-large lint clean shots schema docs lock

reports: $(VENV)/.ready ## run the 30-brand study and publish every client's page and deck
	$(BIN)/scorecard build

test: $(VENV)/.ready ## every test but the long proofs, on all processors
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow" --durations=12

test-all: $(VENV)/.ready ## the long proofs that make test leaves out
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m slow

bench: $(VENV)/.ready ## speed, into build/bench.json
	$(BIN)/python -m tests.benchmark

bench-large: $(VENV)/.ready ## speed and memory with thousands of clients, into build/bench-large.json
	$(BIN)/python -m tests.benchmark.large

shots: $(VENV)/.ready ## screenshots of page and deck, into build/shots
	$(BIN)/python -m tests.browser.shots

lint: $(VENV)/.ready ## style of code and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

schema: $(VENV)/.ready ## rewrite params/schema from the models
	$(BIN)/python -m kernels_lib.study.schema

docs: $(VENV)/.ready ## rewrite docs/reference from the code and the datasets
	$(BIN)/python -m kernels_lib.reference

lock: $(VENV)/.ready ## rewrite requirements.lock from pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --no-header --no-annotate \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/python -m kernels_lib.production.bom

clean: ## remove what was made; the environment too
	rm -rf build $(VENV) .pytest_cache .ruff_cache .hypothesis

# uv where it can be had (system certificates on: many users sit behind a company proxy), else pip.
$(VENV)/.ready: requirements.lock pyproject.toml
	@if [ -z "$(PYTHON3)" ]; then echo "No Python 3.11 or later found. Install one, then run make again."; exit 1; fi
	@$(PYTHON3) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Making $(VENV) with $(PYTHON3) ..."
	@$(PYTHON3) -m venv --clear $(VENV)
	@if $(BIN)/python -m pip install -q --disable-pip-version-check uv >/dev/null 2>&1; then \
		UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
		UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e . ; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $@
