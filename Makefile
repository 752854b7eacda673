# What a developer types. `make demo` and `make test` need Python 3.10+ and nothing else: they install into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRAPPE_BENCH ?= $(HOME)/frappe-bench
LANE := tests/bluesky
LENGTHS := tests/lengths/lane

.PHONY: demo test test-host test-bluesky test-lengths lint clean

demo: $(VENV)/.rehearsal
	@$(BIN)/social-service demo --out out/demo.html

test: $(VENV)/.dev
	$(BIN)/python -m pytest

test-host: $(VENV)/.dev
	FRAPPE_BENCH="$(FRAPPE_BENCH)" $(BIN)/python -m pytest tests/host --override-ini addopts= -p no:cacheprovider -v

# Without npm or its registry the tests skip and say so; that is no failure.
test-bluesky: $(VENV)/.dev
	@[ $(LANE)/node_modules/.package-lock.json -nt $(LANE)/package.json ] || \
		(cd $(LANE) && npm install --no-audit --no-fund --fetch-retries=1 && touch node_modules/.package-lock.json) || true
	$(BIN)/python -m pytest tests/bluesky --override-ini addopts= -p no:cacheprovider

# How long texts are, asked of those who decide: X's counter by npm; MASTODON and DISCOURSE name checkouts of their sources.
test-lengths: $(VENV)/.dev
	@[ $(LENGTHS)/node_modules/.package-lock.json -nt $(LENGTHS)/package.json ] || \
		(cd $(LENGTHS) && npm install --no-audit --no-fund --fetch-retries=1 && touch node_modules/.package-lock.json) || true
	$(BIN)/python -m pytest $(LENGTHS) --override-ini addopts= -p no:cacheprovider

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
