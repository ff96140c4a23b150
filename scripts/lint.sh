#!/usr/bin/env bash
# Checks what a compiler does not: format, the rules of who may import whom, scripts.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive --parallel Package.swift Sources Tests infra services
scripts/check-imports.sh
if command -v shellcheck >/dev/null; then
    shellcheck scripts/*.sh Tests/Validators/*.sh .github/actions/*/*.sh .ci/run
fi
echo "lint: nothing to complain about"
