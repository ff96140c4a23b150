#!/usr/bin/env bash
# Runs a command before a Docker engine of its own, whose files are in FOLDER. With --check, says whether it could.
#
# The engine has mounts, processes and a network of its own, so that nothing of it stays on the machine.
set -euo pipefail

if [[ ${1:-} == --check ]]; then
    ((EUID == 0)) && command -v dockerd docker ip iptables >/dev/null && unshare --mount --net --pid --fork true
    exit
fi

if [[ ${1:-} != --inside ]]; then
    exec unshare --mount --net --pid --fork --mount-proc --kill-child bash "$0" --inside "$@"
fi

folder=$2
shift 2
export DOCKER_HOST=unix://$folder/engine.sock
ip link set lo up
mount -t tmpfs tmpfs /run
dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/engine.pid" \
    >"$folder/engine.log" 2>&1 &
engine=$!
trap 'kill "$engine" && wait "$engine" || true' EXIT
for _ in {1..300}; do
    if docker info >/dev/null 2>&1; then break; fi
    if ! kill -0 "$engine" 2>/dev/null; then
        tail -n 20 "$folder/engine.log" >&2
        exit 1
    fi
    sleep 0.1
done
"$@"
