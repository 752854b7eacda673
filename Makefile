# What a developer types. `make demo` and `make test` need Python 3.10+ and nothing else: they install into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRAPPE_BENCH ?= $(HOME)/frappe-bench

.PHONY: demo test test-host lint clean

demo: $(VENV)/.rehearsal
	@$(BIN)/social-service demo --out out/demo.html

test: $(VENV)/.dev
	$(BIN)/python -m pytest

test-host: $(VENV)/.dev
	FRAPPE_BENCH="$(FRAPPE_BENCH)" $(BIN)/python -m pytest tests/host --override-ini addopts= -p no:cacheprovider -v

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

benchmark-%: $(VENV)/.dev
	$(BIN)/python -m benchmarks $* $(ARGS)

$(VENV)/.rehearsal: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[rehearsal]"
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.rehearsal

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build *.egg-info
