# `make demo` and `make test` set up everything they need, the first time and whenever pyproject.toml changes.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
# The demo plays one Monday noon, so that it shows the same on any date.
MONDAY := 2026-11-23T12:00:00+01:00
SHOWN := content/2026/listen-before-you-speak.md
LOG := .venv/setup.log

.PHONY: demo test lint servers clean
.DEFAULT_GOAL := demo

demo: $(READY)
	@echo "── publisher check"
	@$(BIN)/publisher check
	@echo; echo "── publisher preview $(SHOWN)"
	@$(BIN)/publisher preview $(SHOWN)
	@echo; echo "── publisher run --sandbox --now $(MONDAY)"
	@$(BIN)/publisher run --sandbox --now $(MONDAY)
	@echo; echo "── publisher sandbox posts"
	@$(BIN)/publisher sandbox posts
	@echo; echo "See them as their networks show them:  $(BIN)/publisher sandbox serve   then open http://127.0.0.1:8222"

test: $(READY)
	@$(BIN)/pytest -n auto

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# The real servers that the tests marked `servers` speak to; without them those tests skip and say so.
servers: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group workflows
	@$(BIN)/python tests/servers/install.py

$(READY): pyproject.toml
	@python=$$(for candidate in "$$PYTHON" python3.14 python3.13 python3.12 python3.11 python3 python; do \
	  [ -n "$$candidate" ] && "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  && { echo "$$candidate"; break; }; done); \
	[ -n "$$python" ] || { echo "Publisher needs Python 3.11 or newer: install it, or say PYTHON=/path/to/python make"; exit 1; }; \
	echo "1/3  creating the environment in .venv ($$($$python --version))"; \
	$$python -m venv .venv || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	@echo "2/3  bringing pip up to date"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' >$(LOG) 2>&1 || { cat $(LOG); exit 1; }
	@echo "3/3  installing Publisher and what its tests need (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev >$(LOG) 2>&1 || { cat $(LOG); exit 1; }
	@$(BIN)/python -m compileall -q publisher adapters
	@touch $(READY)

clean:
	@rm -rf .venv .publisher .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
