# `make` alone shows what there is.

SWIFT ?= swift

# make demo
DIR  ?= /usr/share/doc
OUT  ?=
KEEP ?=

# make sample
NAME ?= Orders
BIN  := .build/debug

# make bench
SCENARIO    ?=
REPEAT      ?=
PERSISTENCE ?=
WORKERS     ?=

# make chaos
SECONDS ?= 60
SEED    ?= 1
SEEDS   ?=

RELEASE := --configuration release
# Programs that use no macro are built without the trait `Macros`: optimising swift-syntax takes minutes.
PLAIN := $(RELEASE) --disable-default-traits

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: setup demo sample test test-long test-release test-thread test-acl test-deploy test-docker-steps test-browser test-million lint format bench chaos docs clean help

setup: ## Install what is missing (Debian and Ubuntu: by apt-get)
	@deploy/setup.sh

demo: setup ## Archive a folder, kill a worker on the way, verify all: DIR=/usr/share/doc OUT=folder; KEEP=1 keeps it running
	@$(SWIFT) build $(PLAIN) --product archive
	@.build/release/archive demo --dir "$(DIR)" $(if $(OUT),--out "$(OUT)") $(if $(filter 1,$(KEEP)),--keep)

sample: setup ## Run a sample on a private Redis: NAME=Hello Orders Concurrency ContinueAsNew ErrorsAndRetries Queues Signals Split Dashboard
	@case "$(NAME)" in \
	Dashboard) exec $(SWIFT) run dashboard-demo ;; \
	Hello) programs=Hello command=$(BIN)/Hello ;; \
	Split) programs="shortener-worker shortener-client" command=Samples/Split/run.sh ;; \
	*) exec $(SWIFT) run "$(NAME)" ;; \
	esac; \
	for program in $$programs; do $(SWIFT) build --product $$program || exit; done; \
	BIN="$(BIN)" Samples/with-redis.sh "$$command"

test: setup ## Run all tests
	@$(SWIFT) build --build-tests
	@Tests/run.sh $(SWIFT)

test-long: setup ## Run the tests of faults and of hostile input with what takes minutes: threads blocked for a minute, a million signals
	@ALOFT_LONG_TESTS=1 $(SWIFT) test --no-parallel --filter 'FaultTests|HostileTests'

test-release: setup ## Run all tests on optimised code
	@$(SWIFT) test $(RELEASE) --no-parallel

test-thread: setup ## Run the tests that race anything under the thread sanitizer: FILTER=LanguageTests
	@Tests/ThreadSanitizer/run.sh $(FILTER)

test-acl: setup ## Run tests with the rights of deployed programs: store, faults and language as a worker, the command line and pages as a client
	@$(SWIFT) build --build-tests
	@Tests/Deploy/access.sh $(SWIFT)

test-deploy: ## Check deploy/ against published schemas and with linters; needs Python, and the network the first time
	@Tests/Deploy/run.sh

test-docker-steps: setup ## Run the build steps of the image in a plain shell, then what they made; takes as long as a release build
	@Tests/Deploy/docker-steps.sh

test-browser: setup ## Look at the dashboard in Chromium: every page, every action; screenshots in .build/browser
	@$(SWIFT) build --product dashboard-demo
	@Tests/Browser/run.sh

test-million: setup ## Look at the dashboard of a million instances: what pages show, how long they take and what they read
	@$(SWIFT) build --product dashboard-demo
	@python3 Tests/Browser/million.py $(BIN)/dashboard-demo

lint: ## Check the format of the sources
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Samples

format: ## Format the sources in place
	@$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Samples

bench: setup ## Run the benchmarks: SCENARIO=burst-1 REPEAT=3 PERSISTENCE=none WORKERS=3
	@$(SWIFT) run $(PLAIN) aloft-bench \
		$(if $(SCENARIO),--scenario "$(SCENARIO)") \
		$(if $(REPEAT),--repeat "$(REPEAT)") \
		$(if $(PERSISTENCE),--persistence "$(PERSISTENCE)") \
		$(if $(WORKERS),--workers "$(WORKERS)")

chaos: setup ## Kill and pause workers, clients and Redis under load, and check all: SECONDS=60 SEED=1 or SEEDS=1-20
	@$(SWIFT) build $(PLAIN) --product aloft-chaos
	@.build/release/aloft-chaos --seconds "$(SECONDS)" $(if $(SEEDS),--seeds "$(SEEDS)",--seed "$(SEED)")

docs: setup ## Build the documentation into .build/docs
	@$(SWIFT) package --allow-writing-to-directory .build/docs \
		generate-documentation --enable-experimental-combined-documentation \
		--target Aloft --target AloftInsight --target AloftDashboard --output-path .build/docs

clean: ## Remove what was built
	@$(SWIFT) package clean
	@rm -rf .build/docs

help: ## Show this
	@printf 'make <target>\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | while IFS='	' read -r target text; do \
		printf '  %-19s%s\n' "$$target" "$$text"; done
