#!/usr/bin/env bash
# Every check and every test, in the order of how fast they fail.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --test
scripts/validators.sh
scripts/lint.sh
swift build --build-tests
scripts/check-diagnostics.sh
scripts/check-documents.sh
scripts/documentation.sh
scripts/check-scaffold.sh
# One target after the other: hundreds of tests at once would starve each other on a small machine.
log=.build/test.log
: >"$log"
failed=()
for tests in Tests/*Tests; do
    target=${tests#Tests/}
    swift test --skip-build --filter "^$target\." 2>&1 | tee -a "$log" || failed+=("$target")
done
if ((${#failed[@]})); then
    # The reasons once more, where one looks first: at the end.
    echo "failed: ${failed[*]}" >&2
    grep --text --after-context=3 -E 'recorded an issue|Fatal error|error: ' "$log" | cut -c1-400 | tail -n 60 >&2 || true
    exit 1
fi
