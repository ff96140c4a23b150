#!/usr/bin/env bash
# Makes sure that a version of Swift is there, and what a stack's program links: the machine's own, or the official
# archive, whose signature is checked. Prints what it did.
#
# Source: www.swift.org/install/linux/tarball
set -euo pipefail
version=$1
server=${SWIFT_DOWNLOADS:-https://download.swift.org}
keys=${SWIFT_KEYS:-https://www.swift.org/keys/all-keys.asc}

# As root, and quietly where all of it is there.
install_packages() {
    local package missing=() run=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)); then
        run=(sudo)
    fi
    "${run[@]}" apt-get update -qq
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# swift-6.3.1-RELEASE-ubuntu24.04, and -aarch64 at the end of it on such a machine.
install_swift() {
    local system machine='' name folder archive
    # shellcheck source=/dev/null
    system=$(. /etc/os-release && echo "$ID$VERSION_ID")
    if [[ $(uname -m) == aarch64 ]]; then
        machine=-aarch64
    fi
    name=swift-$version-RELEASE-$system$machine
    folder=$(mktemp -d)
    archive=$folder/$name.tar.gz
    fetch "$server/swift-$version-release/${system//./}$machine/swift-$version-RELEASE/$name.tar.gz" "$archive"
    fetch "$server/swift-$version-release/${system//./}$machine/swift-$version-RELEASE/$name.tar.gz.sig" "$archive.sig"
    fetch "$keys" "$folder/keys.asc"
    mkdir -m 700 "$folder/gnupg"
    gpg --quiet --batch --homedir "$folder/gnupg" --import "$folder/keys.asc"
    gpg --quiet --batch --homedir "$folder/gnupg" --verify "$archive.sig" "$archive"
    tar -x -z -f "$archive" -C "$folder"
    rm "$archive"
    echo "$folder/$name/usr/bin" >>"$GITHUB_PATH"
    echo "Installed Swift $version in $folder/$name"
}

fetch() {
    curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
}

install_packages libsqlite3-dev zlib1g-dev
if swift --version 2>/dev/null | grep -qF "Swift version $version "; then
    echo "Swift $version is there"
else
    install_swift
fi
