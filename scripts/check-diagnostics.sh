#!/usr/bin/env bash
# Checks that each mistake in Tests/Diagnostics/Misuse.swift is refused by the compiler, on its line and in its words.
set -euo pipefail
cd "$(dirname "$0")/.."

file=Tests/Diagnostics/Misuse.swift

# The build's own noise is of interest only when it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift build --target StackModel >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
modules=$(swift build --show-bin-path)/Modules

expected=$(grep -cE '// expected-(error|warning)' "$file" || true)
if [[ $expected -eq 0 ]]; then
    echo "check-diagnostics: $file expects nothing" >&2
    exit 1
fi

# Notes that point into the model's own files are the compiler's, and come and go with them.
if ! swiftc -swift-version 6 -enable-upcoming-feature MemberImportVisibility -typecheck -I "$modules" \
    -Xfrontend -verify -Xfrontend -verify-ignore-unrelated "$file" >"$log" 2>&1; then
    grep -v 'diagnostic produced elsewhere' "$log" >&2
    echo "check-diagnostics: some of $expected expectations failed" >&2
    exit 1
fi
echo "check-diagnostics: $expected expectations verified"
