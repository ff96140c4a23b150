#!/usr/bin/env bash
# Installs what tests need from PyPI into virtual environments below .build: the third-party validators of rendered
# files, and Chainlit, whose many dependencies are nobody else's business.
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
    local requirements=$1 environment=$2
    if cmp -s "$requirements" "$environment/installed.txt"; then
        return
    fi
    echo "Installing $requirements into $environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$environment/installed.txt"
}

install Tests/Validators/requirements.txt .build/validators
install examples/chainlit/requirements.txt .build/chainlit
