# make demo: try it. make check: the quick answer. make test: everything that CI runs. All do the set-up.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
DEMO_PORT ?= 8800

.PHONY: help demo install check quick test lint types contracts pytest faults bench chromium strace faketime lock sbom audit architecture pictures clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(BIN)/.demo ## Start simulator, web, worker and console, with demo staff and cases
	@$(BIN)/python -m line_simulator.demo --port $(DEMO_PORT)

install: $(BIN)/.demo $(BIN)/.dev ## Make .venv from the lock files

# Half a .venv would stop every later try, so one that did not come about is taken away again.
$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@"$(PYTHON)" -m venv .venv || \
	  { rm -rf .venv; echo "No .venv came about. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(BIN)/.demo: requirements.txt | $(BIN)/python
	@echo "Installing the libraries into .venv (once; about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.dev: requirements-dev.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

test: install chromium strace faketime lint types contracts pytest ## Lint, types, contracts and every test, on SQLite and PostgreSQL

check: install lint types quick ## The quick answer, in a few minutes: lint, types, pure tests, documents, one story each

# Of each transcript one story: the happy path, or what comes first.
STORY_EACH := happy or greeting or (surge and short)
quick:
	$(BIN)/python -m pytest --quiet --numprocesses 2 --dist worksteal tests/pure tests/test_documents.py \
	  tests/stories/test_stories.py \
	  -k "not postgresql and not (test_the_story_goes_as_written and not ($(STORY_EACH)))"

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy bot public_site store staff_console line_preview line_simulator deploy tests docs/draw_architecture.py

contracts:
	$(BIN)/lint-imports

pytest:
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal

KILLS ?= 1000
DATABASE ?= sqlite
faults: $(BIN)/.demo $(BIN)/.dev ## Kill processes KILLS=1000 times, [SEED=...] [DATABASE=postgresql] [EPISODE=n]
	@$(BIN)/python -m tests.faults --kills $(KILLS) --database $(DATABASE) \
	  $(if $(SEED),--seed $(SEED)) $(if $(EPISODE),--episode $(EPISODE))

ROUNDS ?= 3
bench: $(BIN)/.demo $(BIN)/.dev ## Measure the figures beside peers; [ROUNDS=3] [ONLY=acks] [WRITE=1] into docs/performance.md
	@$(BIN)/python -m tests.bench --rounds $(ROUNDS) $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

# The browser tests drive Debian's Chromium. Root may install it; others are told what they miss.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null; \
	  fi; } || true
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  echo "No Chromium here: the browser tests will be skipped. Install the package chromium to run them."

# One test watches what the web process tells the disk.
strace:
	@command -v strace >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing strace for the test of durability"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends strace >/dev/null; \
	  fi; } || true
	@command -v strace >/dev/null || \
	  echo "No strace here: the test of durability will be skipped. Install the package strace to run it."

# Some tests set the clocks of web and worker while they run.
FAKETIME := $(wildcard /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/local/lib/faketime/libfaketimeMT.so.1)
faketime:
	@test -n "$(FAKETIME)" || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing libfaketime for the tests of clocks"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends libfaketime >/dev/null; \
	  fi; } || true
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/local/lib/faketime/libfaketimeMT.so.1 2>/dev/null | grep -q . || \
	  echo "No libfaketime here: the tests of clocks will be skipped. Install the package libfaketime to run them."

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header -p 3.11 pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header -p 3.11 --group dev pyproject.toml -o requirements-dev.txt

sbom: $(BIN)/.demo ## Write what the product is made of to var/sbom.json (CycloneDX)
	@$(BIN)/python -m deploy.sbom var/sbom.json

audit: $(BIN)/.demo ## Ask OSV for known weaknesses of the locked libraries; says so where it cannot be reached
	@$(BIN)/python -m deploy.audit

architecture: $(BIN)/python ## Draw the rooms and their imports anew, for docs/architecture.md
	@$(BIN)/python docs/draw_architecture.py

pictures: install chromium ## Write the screenshots of the README anew
	WRITE_PICTURES=1 $(BIN)/python -m pytest --quiet tests/browser/test_pictures.py

clean: ## Remove .venv and the demo's data
	rm -rf .venv var
