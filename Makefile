# up: run the stack here · db-shell, db-tables, db-schema: look into the conversations kept here · render: write the stack for every target · test: every check and test · build · release · lint · format · diagnostics · documentation · benchmark
.PHONY: up render test build release lint format diagnostics documentation benchmark setup db-shell db-tables db-schema db
setup: ; @scripts/setup.sh
up: setup ; swift run infra up
render: ; swift run infra render --all-stages
test: setup ; @scripts/test.sh
build: ; swift build
release: ; swift build -c release --static-swift-stdlib --product infra
lint: ; @scripts/lint.sh
format: ; swift format --in-place --recursive --parallel Package.swift Sources Tests infra services
diagnostics: ; @scripts/check-diagnostics.sh
documentation: ; @swift build --target StackModel && scripts/documentation.sh
benchmark: ; @scripts/benchmark.sh

# The conversations of the stack that runs here, with the shell of SQLite.
CHAT_DATABASE ?= .slipway/data/files/chat.sqlite
db: ; @test -f "$(CHAT_DATABASE)" || { echo "There is no $(CHAT_DATABASE) yet: chat first." >&2; exit 1; }
db-shell: db ; @sqlite3 "$(CHAT_DATABASE)"
db-tables: db ; @sqlite3 "$(CHAT_DATABASE)" .tables
db-schema: db ; @sqlite3 "$(CHAT_DATABASE)" .schema
