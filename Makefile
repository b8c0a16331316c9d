# AeroPatrol: every command sets itself up first. `make demo` and `make test` are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TEST := $(VENV)/.ready-test
SPEEDUP ?= 10
JOBS ?= 2

.PHONY: demo test lint types tests promises soak bench clean

demo: $(READY)
	$(BIN)/aeropatrol demo --speedup $(SPEEDUP)

test: lint types tests

lint: $(READY_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_TEST)
	$(BIN)/mypy

tests: $(READY_TEST)
	@sh tools/install-chromium.sh
	$(BIN)/pytest -n $(JOBS) --dist worksteal

promises: $(READY_TEST)
	$(BIN)/pytest tests/promises -rP -n 0 | grep -E "^(promise|[0-9]+ (passed|failed))|FAILED"

soak: $(READY_TEST)
	AEROPATROL_SOAK=1 $(BIN)/pytest tests/promises -rP --timeout 7200 -n $(JOBS)

bench: $(READY_TEST)
	for file in bench/*.py; do $(BIN)/python $$file || exit 1; done

$(READY): pyproject.toml
	$(PYTHON) tools/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(READY_TEST): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis
