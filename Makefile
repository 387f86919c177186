# The two commands of the README are `make demo` and `make test`; `make check` is what a change must pass.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test soak bench lint check docs format picture module-options clean

bin := .venv/bin
# the engine that tests run PowerShell with, where it lies beside the checkout
export PATH := $(PATH):$(abspath ../shared/tools/psengine)
# most tests wait for a machine, so one more than there are processors of a small computer; in the order of the folders:
# else files of few tests, which are those that take long, come last, and one of them keeps the others waiting
side_by_side := -n 3 --dist loadfile --no-loadscope-reorder

help: ## lists the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 ~/p' Makefile | column -t -s '~'

setup: ## makes .venv with all that a user needs
	@scripts/prepare.sh user

setup-dev: ## makes .venv with all that tests and checks need, too
	@scripts/prepare.sh dev

demo: setup ## a practice machine from bare to verified record, in front of your eyes
	@scripts/demo.sh

test: setup-dev ## every test, the real-server ones too
	@command -v psengine >/dev/null || echo "Without psengine on PATH the tests marked powershell are left out."
	$(bin)/pytest $(side_by_side) -m "$$(command -v psengine >/dev/null || echo 'not powershell and ')not soak" --cov --cov-report=term:skip-covered --cov-report=xml -q

soak: setup-dev ## the tests that take long: thousands of starts, kills and strings
	$(bin)/pytest $(side_by_side) -m soak -q

bench: setup ## deskprov beside ansible-playbook on practice PCs: writes docs/benchmarks.md
	$(bin)/python scripts/bench.py

lint: setup-dev ## format, lint, types, import contracts, generated files
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-cache
	$(bin)/python scripts/make_docs.py --check

check: lint test ## all that a change must pass

docs: setup-dev ## writes the generated pages anew
	$(bin)/python scripts/make_docs.py

format: setup-dev ## formats the code
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

module-options: setup-dev ## option tables of the Ansible modules, from the installed ansible-core
	$(bin)/python scripts/make_module_options.py

clean: ## takes away what the other targets made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage coverage.xml

picture: setup-dev ## the terminal pictures of the documentation, recorded from the program
	@scripts/pictures.sh
