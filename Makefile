PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two for each core: half of a test's time is spent waiting.
PROCESSES := $(shell expr $$(nproc) \* 2)
ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo --non-interactive)

# Tests start hundreds of processes: each would compile all it loads.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test checks alone bench soak screenshots clean

# Two stamps: what running needs, and what testing needs besides.
$(VENV)/run.stamp: pyproject.toml | $(BIN)/pip
	$(call fetch,.)
	touch $@

$(VENV)/test.stamp: pyproject.toml | $(BIN)/pip
	$(call fetch,'.[test]')
	touch $@

fetch = @echo "Fetching what Plainline stands on (once, a minute or two) ..."; \
	$(BIN)/pip install --quiet --disable-pip-version-check -e $(1) || { \
	echo "Not everything could be fetched; the lines above say what. Is this machine on the internet?"; \
	echo "Run make again then: it goes on where it stopped."; exit 1; }

# Debian keeps what makes a virtual environment in a package of its own.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Plainline needs Python 3.11 or newer, and $(PYTHON) is older or missing."; \
	echo "Debian 12 and its Raspberry Pi OS have it. Another one: make demo PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	echo "The system package python3-venv is missing."; \
	{ $(ROOT) apt-get update && $(ROOT) apt-get install --yes python3-venv; } || { \
	echo "Install it, then run make again: sudo apt-get install python3-venv"; exit 1; }; }
	$(PYTHON) -m venv $(VENV)

demo: $(VENV)/run.stamp
	$(BIN)/plainline demo

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --no-print-directory --jobs 2 --output-sync checks alone
	$(BIN)/pytest -n $(PROCESSES) --dist worksteal -m "not soak and not bench and not alone"

# Sound at life's pace, two tests of it at once, leaves a machine of two cores idle for half of a minute: types, layers
# and flows are checked with what is left over, and with nothing else.
checks: $(VENV)/test.stamp
	chrt --idle 0 $(BIN)/mypy
	chrt --idle 0 $(BIN)/lint-imports
	chrt --idle 0 $(BIN)/plainline flows check

alone: $(VENV)/test.stamp
	$(BIN)/pytest -n 2 --dist worksteal -m "alone and not soak and not bench"

soak: $(VENV)/test.stamp
	$(BIN)/pytest -m soak --timeout 1800

bench: $(VENV)/test.stamp
	$(BIN)/pytest -m bench --timeout 1800 -p no:randomly -s tests/benchmarks

screenshots: $(VENV)/test.stamp
	$(BIN)/python -m tests.web.screenshots

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
