# Crimp's verbs. People and CI run the same ones; `make` alone lists them.

SWIFT  ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# Where `make install` puts the drop-in names: `lib` (PREFIX/lib/crimp/bin, shadows nothing) or `bin`.
DROPINS ?= lib
# What `make demo` hands to the laboratory.
LAB ?=

# Namespaces and packet sockets need root: tests and the demonstration ask for it themselves.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo -E env "PATH=$$PATH")
# The peers' programs stand first, so that a test finds each under a name that says whose it is.
PEERS := $(CURDIR)/.build/peers/bin
# An import of a module that the manifest does not grant is an error: the floors hold.
FENCES := --explicit-target-dependency-import-check error

# The steps of a verb stand in their order; the compiler finds its own parallelism.
.NOTPARALLEL:
.PHONY: help deps deps-build deps-test build release demo test lint build-tests unit check hooks packaging man \
  bench soak fuzz asan readme install uninstall deb clean

help: ## List the verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

deps: deps-build deps-test ## Install what building and testing need (Debian; only what is missing)

deps-build: ## … only what building needs
	@Scripts/deps.sh build

deps-test: deps-build ## … and what the tests need, peers below .build/peers included
	@Scripts/deps.sh test
	@Tests/peers.sh

build: deps-build ## Build for development
	$(SWIFT) build $(FENCES)

release: deps-build ## Build the binary that is shipped: .build/crimp (RELEASE_PIE=1 keeps it position independent)
	@Scripts/release.sh

demo: release deps-test ## Move a service address between two hosts; then power over hundreds of BMCs (LAB=… passes options)
	$(AS_ROOT) env PATH="$(PEERS):$$PATH" .build/crimp lab $(LAB)
	@Scripts/demo-power.sh .build/crimp

test: deps-test lint build-tests unit check man packaging hooks ## Everything that must hold before a change lands

lint: ## Formatting, and imports that would break the floors
	$(SWIFT) format lint --recursive --strict Package.swift Sources Tests $(wildcard Fuzz Benchmarks)
	@Scripts/fences.sh

build-tests: deps-build
	$(SWIFT) build --build-tests $(FENCES)

unit: build-tests ## The tests of the Swift package (FILTER=… picks some)
	@$(AS_ROOT) env PATH="$(PEERS):$$PATH" Scripts/unit.sh $(SWIFT) test --skip-build $(if $(FILTER),--filter '$(FILTER)')

check: release ## The shipped binary: what it links to, that it starts
	@Scripts/check-binary.sh .build/crimp

hooks: release deps-test ## Each hook of Packaging/hooks, run by the program that it is for
	@$(AS_ROOT) Packaging/hooks/test.sh

packaging: release ## Installing, uninstalling, the Debian package
	@Packaging/test.sh .build/crimp

man: release deps-test ## The manual's pages: clean, and true to --help
	@Packaging/man/check.sh .build/crimp

bench: release deps-test ## Side by side with the peers, medians and ratios
	$(AS_ROOT) env PATH="$(PEERS):$$PATH" Benchmarks/run.sh

soak: release deps-test ## Ten gigabytes through each pump of the relay while all else goes wrong (BYTES=…)
	$(AS_ROOT) env PATH="$(PEERS):$$PATH" Benchmarks/relay/soak.sh .build/crimp

fuzz: deps-build ## Every parser under libFuzzer, bounded (SECONDS=30 for each)
	Fuzz/run.sh $(SECONDS)

# Leaks are not asked for: the toolchain's own test runner has some at its end.
asan: deps-test ## The tests under the address sanitizer
	$(SWIFT) build --build-tests --sanitize address --scratch-path .build-asan
	$(AS_ROOT) env PATH="$(PEERS):$$PATH" SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 \
	  $(SWIFT) test --skip-build --sanitize address --scratch-path .build-asan

readme: release deps-test ## Run the README's commands
	@Scripts/readme.sh README.md

.build/crimp:
	@$(MAKE) --no-print-directory release

install: .build/crimp ## Binary, drop-in names, manual, completions, hooks to PREFIX (DESTDIR=, DROPINS=bin)
	@Packaging/install.sh install .build/crimp "$(DESTDIR)" "$(PREFIX)" "$(DROPINS)"

uninstall: ## Take away what install put there
	@Packaging/install.sh uninstall .build/crimp "$(DESTDIR)" "$(PREFIX)" "$(DROPINS)"

deb: release ## A Debian package below .build
	@Packaging/deb.sh .build/crimp

clean: ## Remove everything that was built or fetched
	rm -rf .build .build-*
