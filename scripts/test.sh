#!/usr/bin/env bash
# Every check and every test, in the order of how fast they fail.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --test
scripts/validators.sh
scripts/lint.sh
swift build --build-tests
scripts/check-diagnostics.sh
scripts/check-readme.sh
# One target after the other: hundreds of tests at once would starve each other on a small machine.
for tests in Tests/*Tests; do
    swift test --skip-build --filter "^${tests#Tests/}\."
done
