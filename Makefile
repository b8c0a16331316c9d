# AeroPatrol: every command sets itself up first. `make demo` and `make test` are all that is needed.
# PYTHON=... names the Python to set up with; without it tools/find-python.sh looks for one.
VENV := .venv
BIN := $(VENV)/bin
SPEEDUP ?= 10
JOBS ?= 2
export PYTHON JOBS

.PHONY: demo test lint types tests test-sitl test-pythons promises soak bench ready ready-test clean

demo: ready
	$(BIN)/aeropatrol demo --speedup $(SPEEDUP)

test: lint types tests

lint: ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: ready-test
	$(BIN)/mypy

tests: ready-test
	@sh tools/install-chromium.sh
	@sh tools/install-mosquitto.sh
	@sh tools/install-mavproxy.sh $(VENV)
	$(BIN)/pytest -n $(JOBS) --dist worksteal

test-sitl: ready-test
	TEST_SITL=1 $(BIN)/pytest tests/sitl -n 0 -v -rs --timeout 600

test-pythons:
	@sh tools/test-pythons.sh

promises: ready-test
	@sh tools/promises.sh $(BIN)/pytest

soak: ready-test
	SOAK=1 $(BIN)/pytest tests/promises -rPfE --timeout 7200 -n $(JOBS)

bench: ready-test
	for file in bench/*.py; do $(BIN)/python $$file || exit 1; done

ready:
	@sh tools/set-up.sh $(VENV) demo

ready-test:
	@sh tools/set-up.sh $(VENV) test

clean:
	rm -rf .venv .venv-* build *.egg-info .mypy_cache .ruff_cache .hypothesis
