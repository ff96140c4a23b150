#!/usr/bin/env bash
# Runs a real `systemd --user`, whose home is FOLDER, until standard input ends. With --check, says whether it could.
#
# The manager has a mount namespace and cgroups of its own and no privileges: as root it would take over the processes
# of the whole machine. It says "ready" when units can be started.
set -euo pipefail

user=65534
program=/lib/systemd/systemd

if [[ ${1:-} == --check ]]; then
    ((EUID == 0)) && [[ -x $program ]] && unshare --mount true && [[ -w $(echo /sys/fs/cgroup/*/ | cut -d' ' -f1) ]]
    exit
fi

folder=$1
group=slipway-test-$$

# The trees that systemd keeps its processes in: one on new systems, two on those with both kinds.
trees=()
for tree in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    if [[ -f $tree/cgroup.procs ]]; then trees+=("$tree"); fi
done

own_processes() {
    local tree
    for tree in "${trees[@]}"; do find "$tree/$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done
}

cleanup() {
    local process tree
    exec 3>&-
    kill -TERM "$manager" 2>/dev/null || true
    wait "$manager" 2>/dev/null || true
    # Only what the manager started and left behind is in its groups.
    for process in $(own_processes); do kill -KILL "$process" 2>/dev/null || true; done
    for tree in "${trees[@]}"; do
        for _ in {1..50}; do
            find "$tree/$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
            [[ -d $tree/$group ]] || break
            sleep 0.1
        done
    done
}

for tree in "${trees[@]}"; do
    mkdir "$tree/$group"
    chown -R "$user" "$tree/$group"
done
mkdir -p "$folder/runtime" "$folder/.config/systemd/user"
chown -R "$user:$user" "$folder"
chmod 700 "$folder/runtime"

manager_script=$(
    cat <<'MANAGER'
set -euo pipefail
for tree in "${@:4}"; do echo $$ >"$tree/$3/cgroup.procs"; done
mount --make-rprivate /
mount --make-rshared /
mount -t tmpfs tmpfs /run/systemd
mkdir /run/systemd/system
exec setpriv --reuid "$1" --regid "$1" --clear-groups --inh-caps=-all \
    env -i PATH=/usr/bin:/bin HOME="$2" XDG_CONFIG_HOME="$2/.config" XDG_RUNTIME_DIR="$2/runtime" \
    /lib/systemd/systemd --user
MANAGER
)
mkdir -p /run/systemd
unshare --mount bash -c "$manager_script" manager "$user" "$folder" "$group" "${trees[@]}" \
    </dev/null >"$folder/manager.log" 2>&1 &
manager=$!
trap cleanup EXIT

for _ in {1..100}; do
    if [[ -S $folder/runtime/systemd/private ]]; then break; fi
    kill -0 "$manager" || {
        cat "$folder/manager.log" >&2
        exit 1
    }
    sleep 0.1
done
echo ready
cat >/dev/null
