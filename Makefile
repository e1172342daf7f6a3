# Each target calls one thing. `python3 -m tools.local` makes its own environment in .venv.

.DEFAULT_GOAL := help
.PHONY: help run logs reset check lint test test-long simulate browser bench bench-check build deploy destroy

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## Run Stoa on this machine, on a local AWS; the data is kept in .local/
	@python3 -m tools.local run

logs:  ## Show what the functions of `make run` said (FUNCTION=attempt-write for one)
	@python3 -m tools.local logs $(FUNCTION)

reset:  ## Forget the data of `make run`
	@python3 -m tools.local reset

check:  ## The fast tests: formatting, lints, units, the architecture
	@python3 -m tools.local check

lint:  ## Templates and the web's types
	@python3 -m tools.local lint

test:  ## Everything, from fast to slow
	@python3 -m tools.local test

test-long:  ## Fuzzing, the API at length, many more seeds
	@python3 -m tools.local test-long

simulate:  ## The whole system under faults, many seeds
	@python3 -m tools.local simulate

browser:  ## The web application in Chromium, against a throwaway Stoa
	@python3 -m tools.local browser

bench:  ## Measure
	@python3 -m tools.local bench

bench-check:  ## Requests, units and bytes against what is recorded
	@python3 -m tools.local bench-check

build:  ## Build the packages for AWS (ARCHITECTURE=arm64 or x86_64)
	@python3 -m tools.local build --architecture $(or $(ARCHITECTURE),arm64)

deploy:  ## Deploy to AWS: STAGE=…, and if you like REGION=… ARCHITECTURE=… SET="NAME=VALUE …" YES=1
	@python3 -m tools.local deploy --stage "$(STAGE)" --region "$(REGION)" --architecture $(or $(ARCHITECTURE),arm64) \
		$(foreach each,$(SET),--set $(each)) $(if $(YES),--yes) --replace-data "$(REPLACE_DATA)"

destroy:  ## Take a stage down: STAGE=…; it drops no data without DROP_DATA=… too
	@python3 -m tools.local destroy --stage "$(STAGE)" --region "$(REGION)" --drop-data "$(DROP_DATA)"
