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
swift test --skip-build
