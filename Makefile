# up: run the stack here · render: write the stack for every target · test: every check and test · build · release · lint · format · diagnostics · benchmark
.PHONY: up render test build release lint format diagnostics benchmark setup
setup: ; @scripts/setup.sh
up: setup ; swift run infra up
render: ; swift run infra render --all-stages
test: setup ; @scripts/test.sh
build: ; swift build
release: ; swift build -c release --static-swift-stdlib --product infra
lint: ; @scripts/lint.sh
format: ; swift format --in-place --recursive --parallel Package.swift Sources Tests infra services
diagnostics: ; @scripts/check-diagnostics.sh
benchmark: ; @scripts/benchmark.sh
