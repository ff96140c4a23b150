#!/usr/bin/env bash
# Checks that a package made by `infra init` is sound: the manifest is read, and its files are held against the modules
# that were built here. With THOROUGH=1 it is built and rendered as whoever makes it would, which takes minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
products=$(swift build --show-bin-path)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$products/infra" init "$folder/harbour" --slipway-path "$root" >/dev/null
cd "$folder/harbour"
swift package dump-package >/dev/null

if [[ -n ${THOROUGH:-} ]]; then
    # What was built stays, so that only the first time takes long.
    swift run --scratch-path "$root/.build/scaffold" infra render --all-stages >/dev/null
    swift run --scratch-path "$root/.build/scaffold" --skip-build infra render --all-stages --check
    echo "check-scaffold: a new package builds and renders"
    exit
fi

options=(-swift-version 6 -warnings-as-errors -I "$products/Modules" -I "$folder")
# The modules that are written in C, as SwiftPM tells the compiler of them: its own maps, and those of the packages.
while IFS= read -r map; do
    options+=(-Xcc "-fmodule-map-file=$map")
done < <(
    find "$root/Sources" "$products" -path '*.build/module.modulemap' -o -path '*/Sources/C*/module.modulemap'
    find "$root/.build/checkouts" -path '*/Sources/*/include/module.modulemap' -o -path '*/Sources/GRDBSQLite/module.modulemap'
)
swiftc "${options[@]}" -module-name HarbourContracts -emit-module -parse-as-library \
    -emit-module-path "$folder/HarbourContracts.swiftmodule" services/Contracts/*.swift
swiftc "${options[@]}" -module-name HarbourHello -typecheck -parse-as-library services/Hello/*.swift
swiftc "${options[@]}" -module-name HarbourInfra -typecheck infra/*.swift
echo "check-scaffold: the files of a new package compile"
