# Everything a person needs is `make demo` and `make test`; `make` alone lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=

.PHONY: help
help:  ## this list
	@echo "落槌 Luochui"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name words; do \
	  printf '  make %-12s %s\n' "$$name" "$$words"; done

.PHONY: demo
demo: env  ## run a sale with robots and open pages, no set-up (演示); ARGS="..." goes to `luochui demo`
	@$(BIN)/luochui demo $(ARGS)

.PHONY: test
test: env-dev  ## check and test everything (测试); ARGS="..." goes to pytest, which then runs alone
	@$(BIN)/python -m tests --install-system
	@$(BIN)/python -m tests $(ARGS)

.PHONY: env env-dev env-nightly env-peers
env: .venv/.env  ## a virtual environment in .venv with what the engine needs to run
env-dev: .venv/.env-dev  ## the same, with what the tests and checks need
env-nightly: .venv/.env-nightly  ## the same, with what only the nightly checks need
env-peers: .venv-peers/.env bench/peers/node_modules/.package-lock.json  ## what `luochui bench peers` measures beside us, apart in .venv-peers

.venv/bin/python:
	@python_found=; for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python_found=$$python; break; fi; done; \
	if [ -z "$$python_found" ]; then \
	  echo "Luochui needs Python 3.11 or newer. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; fi; \
	echo "Making .venv with $$($$python_found --version)"; \
	if ! log=$$($$python_found -m venv .venv 2>&1); then \
	  rm -rf .venv; \
	  if $$python_found -c 'import ensurepip' 2>/dev/null; then echo "$$log" >&2; \
	  else echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; fi; \
	  exit 1; fi

.venv/.env: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the engine needs (requirements.lock)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.env-dev: requirements-dev.lock .venv/.env
	@echo "Installing what the tests need (requirements-dev.lock)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.env-nightly: requirements-nightly.lock .venv/.env-dev
	@echo "Installing what the nightly checks need (requirements-nightly.lock)"
	@$(PIP) install --require-hashes -r requirements-nightly.lock
	@touch $@

.venv-peers/.env: requirements-peers.lock | .venv/bin/python
	@echo "Installing the peers in Python (requirements-peers.lock)"
	@$(BIN)/python -m venv .venv-peers
	@.venv-peers/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-peers.lock
	@touch $@

bench/peers/node_modules/.package-lock.json: bench/peers/package-lock.json
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --prefix bench/peers && touch $@; \
	else echo "The peers on Node and Bun need npm. On Debian or Ubuntu: sudo apt-get install npm" >&2; fi

.PHONY: lint format types
lint: env-dev  ## formatting, ruff, and who may import whom
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports

format: env-dev  ## let ruff write the layout and the safe fixes
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

types: env-dev  ## mypy, strict
	@$(BIN)/mypy

.PHONY: nightly
nightly: env-nightly  ## what is too long for every day, and a report in var/nightly (夜间检查); ARGS="--scale 0.01" tries it in small
	@$(BIN)/python -m tests.nightly $(ARGS)

.PHONY: coverage bench screenshots
coverage: env-dev  ## which lines no test reaches; the pages are not counted
	@$(BIN)/coverage run -m pytest --quiet $(ARGS)
	@$(BIN)/coverage report --show-missing --skip-covered

SCENARIO ?= bench/scenarios/hall.toml
bench: env  ## will it hold? a full hall against this machine (压力测试, 60 s); SCENARIO=..., ARGS="..." go to `luochui bench run`
	@$(BIN)/luochui bench run $(SCENARIO) $(ARGS)

.PHONY: bundle
bundle: env  ## one file for machines without a network, in dist/ (离线安装包)
	@$(BIN)/python -m engine.deploy.bundle $(ARGS)

.PHONY: sbom
sbom: env  ## what the engine consists of, as CycloneDX JSON, in dist/ (物料清单)
	@$(BIN)/python -m engine.deploy.sbom $(ARGS)

screenshots: env-dev  ## photograph every page of a running demo into var/screenshots
	@$(BIN)/python -m tests --install-system
	@$(BIN)/python -m tests.screenshots $(ARGS)

# Versions move only with `make lock ARGS=--upgrade`. The locks hold hashes of every file and no address.
COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate --no-emit-index-url

.PHONY: api
api: env  ## write engine/wire/openapi.json and asyncapi.json, and the codes in PROTOCOL.md, from the code
	@$(BIN)/luochui api --openapi > engine/wire/openapi.json.new && mv engine/wire/openapi.json.new engine/wire/openapi.json
	@$(BIN)/luochui api --asyncapi > engine/wire/asyncapi.json.new && mv engine/wire/asyncapi.json.new engine/wire/asyncapi.json
	@$(BIN)/python -m engine.describe.protocol engine/wire/PROTOCOL.md

.PHONY: lock
lock: env-dev  ## write the lock files from pyproject.toml
	@$(COMPILE) $(ARGS) pyproject.toml --group dev --output-file requirements-dev.lock
	@$(COMPILE) $(ARGS) pyproject.toml --group nightly --constraints requirements-dev.lock --output-file requirements-nightly.lock
	@$(COMPILE) $(ARGS) --group pyproject.toml:peers --constraints requirements-dev.lock --output-file requirements-peers.lock
	@$(COMPILE) $(ARGS) pyproject.toml --group build --constraints requirements-dev.lock --output-file requirements.lock
	@$(COMPILE) $(ARGS) pyproject.toml --extra pades --group build --constraints requirements-dev.lock --output-file requirements-pades.lock

.PHONY: clean
clean:  ## remove everything that can be made again (not var/, which holds journals)
	@rm -rf .venv .venv-peers bench/peers/node_modules dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find engine clients bench tests -name __pycache__ -type d -prune -exec rm -rf {} +
