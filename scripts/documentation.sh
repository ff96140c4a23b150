#!/usr/bin/env bash
# Builds the documentation of StackModel from its comments and its catalog; what the compiler of documentation warns of,
# and symbols that no group of the catalog names, are errors. The archive is .build/StackModel.doccarchive.
#
# Needs a build, whose modules it reads.
set -euo pipefail
cd "$(dirname "$0")/.."

module=StackModel
modules=$(swift build --show-bin-path)/Modules
archive=.build/$module.doccarchive
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What authors get with the module is documented with it, also where another module declares it.
extract=(
    -module-name "$module" -I "$modules" -output-dir "$folder/symbols" -minimum-access-level public
    -skip-synthesized-members -emit-extension-block-symbols -experimental-allowed-reexported-modules=StackGraph
    -target "$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -n 1)"
)
if [[ "$(uname -s)" == Darwin ]]; then
    extract+=(-sdk "$(xcrun --show-sdk-path)")
fi
mkdir "$folder/symbols"
swift symbolgraph-extract "${extract[@]}"

rm -rf "$archive"
docc convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$folder/symbols" --output-path "$archive" \
    --fallback-display-name "$module" --fallback-bundle-identifier "slipway.$module" --warnings-as-errors

# Sections that nobody wrote hold what was forgotten.
page=$archive/data/documentation/stackmodel.json
if grep -q '"generated":true' "$page"; then
    echo "documentation: the catalog names no group for some symbols:" >&2
    grep -o '{[^{}]*"generated":true[^{}]*}' "$page" | sed 's/.*"identifiers":\[\([^]]*\)\].*/\1/' >&2
    exit 1
fi
echo "documentation: $archive"
