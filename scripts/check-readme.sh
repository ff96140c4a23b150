#!/usr/bin/env bash
# Checks that the stack in the README compiles as it stands there.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    printf 'import Contracts\nimport Events\nimport StackModel\n'
    awk '$0 == "```" { inside = 0 } inside { print } $0 == "```swift" { inside = 1 }' README.md
} >"$folder/Greeter.swift"
swiftc -swift-version 6 -typecheck -I "$(swift build --show-bin-path)/Modules" "$folder/Greeter.swift"
echo "check-readme: the stack of the README compiles"
