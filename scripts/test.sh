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
# Hundreds of tests at once would starve each other on a small machine.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
# What deploys and what starts programs needs the machine for itself; the rest shares it.
swift test --skip-build --skip '^(DeploymentTests|EndToEndTests)\.'
swift test --skip-build --filter '^DeploymentTests\.'
swift test --skip-build --filter '^EndToEndTests\.'
