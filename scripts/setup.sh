#!/usr/bin/env bash
# Installs the system packages that a build needs and that are missing; with --test, also those that tests use.
set -euo pipefail

build_packages=(ca-certificates curl git libsqlite3-dev zlib1g-dev)
test_packages=(
    chromium chromium-driver docker-registry docker.io gcc gnupg iproute2 iptables libc6-dev openssl
    python3-venv redis-server shellcheck skopeo sqlite3 systemd umoci unzip
)

if [[ "$(uname -s)" != Linux ]]; then
    exit 0 # macOS brings all of them, or has them in Xcode.
fi

wanted=("${build_packages[@]}")
if [[ "${1:-}" == --test ]]; then
    wanted+=("${test_packages[@]}")
fi

missing=()
for package in "${wanted[@]}"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
        missing+=("$package")
    fi
done
if ((${#missing[@]} == 0)); then
    exit 0
fi

run=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
        exit 1
    fi
    run=(sudo)
fi
echo "Installing ${missing[*]}"
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
