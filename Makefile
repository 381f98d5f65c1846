# Plumbline. The two commands are `make run` and `make test`; `make help` lists the others.
# Everything installed lives in .venv, from lock files with hashes; a second call installs nothing.

PYTHON    ?= python3
ADDRESS   ?= 127.0.0.1
COUNT     ?= 100
EXPORTS   ?= ../shared/exports
PORT      ?= 8501
WORKERS   ?= $(shell expr $$(nproc) + 1)
WAREHOUSE := $(if $(PLUMBLINE_WAREHOUSE),$(PLUMBLINE_WAREHOUSE),data/warehouse.duckdb)

VENV  := .venv
PY    := $(VENV)/bin/python
PIP   := $(PY) -m pip --disable-pip-version-check --no-input
FETCH := $(PIP) install --quiet --require-hashes --only-binary :all:
CODE  := app.py serve.py pages metrics loaders data reports $(wildcard bench)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint demo setup golden bench bench-pages calibrate torture corpora formats lock chromium compiled python-fits port-is-free

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: setup compiled port-is-free ## start Plumbline on http://127.0.0.1:8501 (PORT=8600 or ADDRESS=0.0.0.0 change that)
	@test -e "$(WAREHOUSE)" || $(PY) -m data demo --warehouse "$(WAREHOUSE)"
	@PLUMBLINE_WAREHOUSE="$(WAREHOUSE)" $(PY) -m streamlit run serve.py --server.address "$(ADDRESS)" --server.port "$(PORT)" </dev/null

test: $(VENV)/.tools compiled chromium ## run every test a change needs, the browser's included
	@PLUMBLINE_THREADS=1 $(PY) -m pytest -n $(WORKERS) --maxprocesses 5 --dist loadfile --no-loadscope-reorder </dev/null

test-slow: $(VENV)/.tools compiled chromium ## run the tests that take minutes, too
	@$(PY) -m pytest -m slow -n $(WORKERS) --maxprocesses 5 --dist loadfile </dev/null

lint: $(VENV)/.tools ## check style, formatting and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(CODE)

demo: setup ## fill an empty warehouse with the made-up company (make run does it where there is no warehouse)
	@$(PY) -m data demo --warehouse "$(WAREHOUSE)"

compiled: $(VENV)/.packages # the process that reads files may not write, not even its own bytecode
	@$(PY) -m compileall -q $(CODE)

setup: $(VENV)/.packages ## make .venv and install what Plumbline runs on

golden: $(VENV)/.tools ## write the golden SQL anew (look at its diff before you keep it)
	@PLUMBLINE_GOLDEN=write $(PY) -m pytest -q tests/golden

bench: $(VENV)/.tools ## measure loading and reading on this machine
	@$(PY) -m bench

bench-pages: $(VENV)/.tools chromium compiled ## measure the heaviest page beside a hello-world app
	@$(PY) -m bench.pages

calibrate: $(VENV)/.tools ## simulate how often intervals and verdicts are right (a minute), as a table
	@$(PY) -m tests.calibrate

formats: $(VENV)/.tools ## hold every export of EXPORTS=... against the values that its MANIFEST.tsv states
	@$(PY) -m tests.exports "$(EXPORTS)"

corpora: $(VENV)/.tools ## load every file under DIR=... and say what became of it
	@$(PY) -m tests.corpora "$(DIR)"

torture: $(VENV)/.tools ## kill, fill, damage and crowd a warehouse (COUNT=1000 kills, the others in proportion)
	@$(PY) -m tests.torture --count "$(COUNT)"

lock: $(VENV)/.lock-tools ## pin the newest versions that requirements*.txt allow
	@for name in requirements requirements-dev; do \
	  printf '# Made by `make lock` from %s.txt for Python 3.11. Do not edit.\n' $$name > $$name.lock.new && \
	  $(VENV)/lock/bin/python -m piptools compile --quiet --generate-hashes --strip-extras --no-header --no-emit-options \
	    --output-file - $$name.txt >> $$name.lock.new && \
	  mv $$name.lock.new $$name.lock || { rm -f $$name.lock.new; exit 1; }; \
	done
	@touch $(VENV)/.packages $(VENV)/.tools

# ---- what the commands stand on ------------------------------------------------------------------------------------

$(VENV)/.made: | python-fits
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.packages: requirements.lock | $(VENV)/.made
	@echo "Installing what Plumbline runs on into .venv (once, a minute or two) ..."
	@$(FETCH) -r requirements.lock
	@touch $@

$(VENV)/.tools: requirements-dev.lock $(VENV)/.packages
	@echo "Installing the test tools into .venv (once) ..."
	@$(FETCH) -r requirements-dev.lock
	@touch $@

$(VENV)/.lock-tools: | $(VENV)/.made
	@$(PYTHON) -m venv --clear $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip --disable-pip-version-check --no-input install --quiet 'pip-tools>=7.6,<8'
	@touch $@

# The browser of the browser tests. Debian's own package, because it needs no download outside the package manager.
chromium:
	@command -v chromium >/dev/null 2>&1 && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser tests (once) ..."; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } </dev/null >/dev/null && exit 0; \
	fi; \
	echo "The browser tests need Chromium and it is not on this machine. Install it with:  sudo apt-get install chromium" >&2; exit 1

define PYTHON_FITS
import sys
if sys.version_info < (3, 11):
    sys.exit("Plumbline needs Python 3.11 or newer and %s is %d.%d. Install a newer one and name it, for example:"
             "  make PYTHON=python3.12 run" % (sys.executable, *sys.version_info[:2]))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Plumbline keeps its packages in a virtual environment and this Python cannot make one."
             " Install the missing part, then try again:  sudo apt-get install python3-venv")
endef
export PYTHON_FITS

define PORT_IS_FREE
import socket, sys
address, port = sys.argv[1:]
if not port.isdigit() or not 0 < int(port) < 65536:
    sys.exit("PORT=%s is not a port. Give a number from 1 to 65535, for example:  make run PORT=8600" % port)
try:
    family, kind, _, _, target = socket.getaddrinfo(address, int(port), type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(target)
except socket.gaierror:
    sys.exit("ADDRESS=%s is not an address of this machine. Leave it out for 127.0.0.1." % address)
except PermissionError:
    sys.exit("Port %s needs administrator rights. Take one above 1023, for example:  make run PORT=8600" % port)
except OSError as problem:
    if problem.errno in (98, 48):
        sys.exit("Port %s is taken, perhaps by a Plumbline that already runs: open http://%s:%s to see."
                 " Stop that program or take another port:  make run PORT=%d" % (port, address, port, int(port) + 1))
    sys.exit("Plumbline cannot listen on %s:%s (%s). Leave ADDRESS out for 127.0.0.1." % (address, port, problem.strerror))
endef
export PORT_IS_FREE

python-fits:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Plumbline needs Python 3.11 or newer and '$(PYTHON)' is not on this machine. Install it with:  sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c "$$PYTHON_FITS"

port-is-free: setup
	@$(PY) -c "$$PORT_IS_FREE" "$(ADDRESS)" "$(PORT)"
