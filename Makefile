# `make run` and `make test` do all that they need on a fresh machine; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: run test test-long check bench bench-nlu screenshots screenshots-desk demo-messaging train setup setup-dev system schemathesis widget widget-deps lock clean help

PORT ?= 5005
export PORT
# Rasa reports nothing to anybody, and its tools do not ask whether they may.
export RASA_TELEMETRY_ENABLED := false
# Rasa's database layer warns about itself at every start.
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

PYTHON := .venv/bin/python
# Servers under test are on this machine: a proxy for the outside must not get their requests.
LOCAL := env -u http_proxy -u https_proxy -u all_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY no_proxy='*' NO_PROXY='*'
# Two workers suit two cores; a file's tests stay together, as they share a server or a model.
PYTEST := $(LOCAL) $(PYTHON) -m pytest -n 2 --dist loadfile

run: setup  ## Set up if need be, train if the model is old, and serve the chat on PORT (5005)
	@exec $(PYTHON) -m bot serve

test: setup-dev system widget-deps  ## All tests but the long ones
	@scripts/widget.sh test
	@$(PYTEST)

test-long: setup-dev system widget-deps schemathesis  ## The wide matrices, fault runs and fuzzing
	@$(PYTEST) -m long --timeout 1800

check: setup-dev  ## Lint, types, content, and Rasa's own data validation
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PYTHON) -m bot check
	@.venv/bin/rasa data validate --fail-on-warnings

bench: setup-dev widget-deps  ## Measure start, memory, a long chat, our understanding, and the widget on a slow phone
	@$(LOCAL) $(PYTHON) -m bench

# No LOCAL: its first run installs packages, perhaps through a proxy.
bench-nlu: setup  ## Compare the understanding with three others (first run: a quarter of an hour); ARGS=--misses and more
	@$(PYTHON) -m bench.nlu $(ARGS)

screenshots: setup-dev system widget-deps  ## Photograph every state of the widget, and the desk, into docs/img
	@rm -rf var/screenshots
	@$(LOCAL) node widget/tests/screenshots.mjs var/screenshots
	@$(PYTHON) scripts/small_pictures.py var/screenshots docs/img
	@$(MAKE) --no-print-directory screenshots-desk

screenshots-desk: setup-dev system widget-deps  ## Photograph the desk into docs/img/desk
	@rm -rf var/screenshots-desk
	@$(LOCAL) node widget/tests/desk-screenshots.mjs var/screenshots-desk
	@$(PYTHON) scripts/small_pictures.py var/screenshots-desk docs/img/desk

demo-messaging: setup-dev  ## Play a short chat on each messaging app, here in the terminal; ARGS=telegram for one
	@$(LOCAL) $(PYTHON) -m tests.support.demo_messaging $(ARGS)

train: setup  ## Train the model below var/
	@$(PYTHON) -m bot train

setup:  ## Make .venv ready
	@scripts/setup.sh run

setup-dev:
	@scripts/setup.sh dev

system:
	@scripts/system.sh

schemathesis: setup-dev
	@scripts/schemathesis.sh

widget-deps:
	@scripts/widget.sh deps

widget: widget-deps  ## Build widget/dist from widget/src (needs Node 20 or later)
	@scripts/widget.sh build

lock:  ## Resolve requirements*.in into the locks; ARGS=--upgrade for newer releases
	@scripts/lock.sh $(ARGS)

clean:  ## Remove what was built; conversations and keys in var/ stay
	@rm -rf .venv .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis widget/node_modules var/models
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
