#!/usr/bin/env bash
# Installs the third-party validators of rendered files into a virtual environment below .build.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=Tests/Validators/requirements.txt
environment=.build/validators
if cmp -s "$requirements" "$environment/installed.txt"; then
    exit 0
fi
echo "Installing the validators of rendered files into $environment"
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$environment/installed.txt"
