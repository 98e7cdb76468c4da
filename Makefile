# The commands of this repository. A step that has nothing to do takes no time, so each may be run again at will.

.ONESHELL:
SHELL := /bin/sh
.SHELLFLAGS := -euc
MAKEFLAGS += --no-print-directory

PORT ?= 8000
export PORT

# The first of these that the machine has; 3.11 is what the program is tested with.
PYTHON := $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$name && break; done)

# Says what is being done and how long it took; shows what a step printed only when it failed.
STEP := step() { label=$$1; shift; printf '  %-42s' "$$label"; from=$$(date +%s); \
	if said=$$("$$@" 2>&1 </dev/null); then printf '%5d s\n' $$(($$(date +%s) - from)); \
	else printf 'failed\n%s\n' "$$said"; exit 1; fi; }

.PHONY: help run stop test check bench packages browser

help:
	@echo 'make run     serve a demo government on http://127.0.0.1:$(PORT) until Ctrl-C (PORT=… for another port)'
	echo 'make stop    stop it, from another terminal'
	echo 'make test    everything that must pass before a change is merged'
	echo 'make check   its quick part: format, lint, types, imports'
	echo 'make bench   measure every figure that README.md quotes'

run: .venv/run.stamp
	@exec .venv/bin/flask --app wsgi serve

stop:
	@[ -x .venv/bin/flask ] || { echo 'Nothing was running.'; exit 0; }
	exec .venv/bin/flask --app wsgi serve --stop

test: check | browser
	@.venv/bin/pytest -n 2 --dist worksteal

check: .venv/test.stamp
	@$(STEP)
	step 'format' .venv/bin/ruff format --check
	step 'lint' .venv/bin/ruff check
	step 'types' .venv/bin/mypy
	step 'imports' .venv/bin/lint-imports

bench: .venv/run.stamp
	@exec .venv/bin/python -m bench.run

.venv/run.stamp: requirements.txt | packages
	@$(STEP)
	step 'making .venv' $(PYTHON) -m venv .venv
	step 'installing requirements.txt' .venv/bin/pip install --disable-pip-version-check -r requirements.txt
	touch $@

.venv/test.stamp: requirements-dev.txt .venv/run.stamp
	@$(STEP)
	step 'installing requirements-dev.txt' .venv/bin/pip install --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Debian's packages, by whoever may install them; everybody else is told which command is missing.
NEED := need() { if [ "$$(id -u)" = 0 ]; then root=env; \
	elif command -v sudo >/dev/null && sudo -v; then root='sudo env'; \
	else echo "Missing packages. Let somebody with the rights run:  apt-get install $$*"; exit 1; fi; \
	apt="$$root DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends"; \
	step 'updating the list of packages' $$apt update; }

# What pip cannot bring. Debian's package would also make and start a server for the whole machine, which nobody asked for:
# where there was no PostgreSQL, that is switched off first.
packages:
	@$(STEP)
	$(NEED)
	missing=
	if [ -z '$(PYTHON)' ]; then missing='python3 python3-venv'
	elif ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then missing=python3-venv
	elif ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		echo 'Python 3.11 or newer is needed; $(PYTHON) is older.'; exit 1
	fi
	ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing="$${missing:+$$missing }postgresql postgresql-postgis"
	[ -z '$(filter test check,$(MAKECMDGOALS))' ] || command -v pdfsig >/dev/null || missing="$${missing:+$$missing }poppler-utils softhsm2"
	[ -n "$$missing" ] || exit 0
	need $$missing
	if [ ! -d /usr/lib/postgresql ]; then
		step 'installing postgresql-common' $$apt install postgresql-common
		$$root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
	fi
	step "installing $$missing" $$apt install $$missing
	[ -n '$(PYTHON)' ] || exec $(MAKE) $(MAKECMDGOALS)

# The pages are tested in a real browser.
browser: | packages
	@$(STEP)
	$(NEED)
	for name in chromium chromium-browser google-chrome; do if command -v $$name >/dev/null; then exit 0; fi; done
	need chromium
	step 'installing chromium' $$apt install chromium
