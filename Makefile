# One line of help per target; `make` alone lists them.
PYTHON := .venv/bin/python
FLASK := .venv/bin/flask --app wsgi
TYPED := $(wildcard marketplace scripts tests benchmarks wsgi.py migrations/env.py)
TEMPLATES := $(wildcard marketplace/templates)
WORKERS := 2
STRIPE :=
STANDIN := GATEWAY=stripe STRIPE_API_KEY=sk_test_standin STRIPE_API_BASE=http://127.0.0.1:5001 \
	STRIPE_WEBHOOK_SECRET=whsec_platform STRIPE_CONNECT_WEBHOOK_SECRET=whsec_connect \
	STRIPE_V2_WEBHOOK_SECRET=whsec_v2

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fix rules bench golden migration books lock guards mutants

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

setup: ## install everything that is missing, for work and tests
	@scripts/bootstrap tests

run: ## the site and its worker with the demo, on SQLite: nothing else needed (STRIPE=standin: paid as by Stripe)
	@scripts/bootstrap
	$(PYTHON) scripts/translations compile
	DAYRATE_DEMO=1 $(if $(filter standin,$(STRIPE)),$(STANDIN)) $(FLASK) serve $(if $(filter standin,$(STRIPE)),--standin)

demo: ## make the demo production anew
	@scripts/bootstrap
	$(PYTHON) scripts/translations compile
	DAYRATE_DEMO=1 $(FLASK) demo anew

test: check ## every gate and every test, as the build does
	rm -f .coverage .coverage.*
	$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=json:.coverage.json --cov-report=
	$(PYTHON) -m scripts.coverage_gate .coverage.json

check: setup ## every gate before the tests: format, lint, types, imports, templates, migrations, languages
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy $(TYPED)
	.venv/bin/lint-imports --no-cache
	$(if $(TEMPLATES),$(PYTHON) -m djlint --lint --quiet $(TEMPLATES))
	$(PYTHON) -m scripts.migrations check
	$(PYTHON) scripts/translations compile
	$(PYTHON) scripts/translations check

fix: ## let the tools put right what they can
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

rules: ## the fast tests of money, time and rules, for watching
	$(PYTHON) -m pytest -q tests/kernel tests/rules tests/vectors

bench: ## how fast it is, measured
	$(PYTHON) -m benchmarks

golden: ## keep the words and pictures of the golden slips anew; then look at each
	DAYRATE_GOLDEN=renew $(PYTHON) -m pytest -q -p no:randomly tests/golden

migration: ## write the next migration from the models: make migration m="what changed"
	@test -n "$(m)" || { echo 'Say what changed: make migration m="…"'; exit 2; }
	$(PYTHON) -m scripts.migrations new "$(m)"

books: ## check the ledger of this installation
	$(FLASK) books

lock: ## pin every dependency anew, with hashes
	@scripts/lock

mutants: ## plant small faults in the pay rules and count those the tests catch: make mutants [files="china wages"]
	$(PYTHON) -m scripts.mutants --show $(files)

guards: ## plant each known fault in a copy and see its gate fail
	$(PYTHON) -m scripts.guards
