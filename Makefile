# One line per command; the work is in scripts/.
PYTHON := .venv/bin/python

.PHONY: help setup demo test lint bench requirements

help:          ## this list
	@sed -n 's/^\([a-z]*\): *\([a-z]*\) *## \(.*\)/  make \1\t\3/p' Makefile | expand -t 24

setup:         ## make .venv ready: Python, system libraries and fonts, pinned requirements
	@scripts/setup

demo:          ## build the demonstration once and serve it on http://127.0.0.1:8000 (PORT=…, JBGS_DATA=DIR)
	@scripts/demo

test: setup    ## the whole suite on PostgreSQL and SQLite (SERVICES=private, ARGS="tests/accounts -k phone")
	@$(PYTHON) scripts/run_tests.py

lint: setup    ## style and bans, layers, migrations, templates
	@scripts/lint

bench: setup   ## measure against bare floors; JSON lines
	@$(PYTHON) scripts/bench.py

requirements: setup ## compile requirements.txt from requirements.in (UPGRADE=1 takes newer versions)
	@$(PYTHON) -m pip install --quiet pip-tools
	@$(PYTHON) -m piptools compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) requirements.in
