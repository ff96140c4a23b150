#!/usr/bin/env bash
# Removes what install.sh put; with --purge, the data of the stack lightening-dev too.
set -euo pipefail
umask 077

stack='lightening-dev'
target='lightening-dev.target'

# refuse CODE LINE...: says why nothing was done.
refuse() {
    local code=$1
    shift
    printf '%s\n' "${@/#/"${0##*/}: "}" >&2
    exit "$code"
}

choose_folders() {
    if [[ $mode == user ]]; then
        configuration=${XDG_CONFIG_HOME:-$HOME/.config}
        unit_folder=$configuration/systemd/user
        manager=(systemctl --user)
    else
        ((EUID == 0)) || refuse 77 "only root can do this; with --user it is for your own services"
        configuration=/etc
        unit_folder=/etc/systemd/system
        manager=(systemctl)
    fi
    folder=$configuration/$stack
    credentials=$folder/credentials
    # Every file that was put, one a line.
    manifest=$folder/installed
}
mode=system
purge=false
while (($# > 0)); do
    case $1 in
    --user) mode=user ;;
    --purge) purge=true ;;
    *)
        echo "Usage: ${0##*/} [--user] [--purge]" >&2
        [[ $1 == --help ]] && exit 0
        exit 64
        ;;
    esac
    shift
done
choose_folders
if [[ ! -f $manifest ]]; then
    echo "The stack $stack is not installed."
    exit 0
fi

paths=()
units=()
services=()
while IFS= read -r path; do
    case $path in
    "$unit_folder"/*)
        units+=("${path##*/}")
        [[ $path != *.service ]] || services+=("${path##*/}")
        ;;
    "$folder"/*) ;;
    *) refuse 78 "$manifest names $path, which is none of the stack's files" ;;
    esac
    paths+=("$path")
done <"$manifest"

# What is not known to the manager is neither running nor enabled.
"${manager[@]}" --quiet disable "$target" || true
if ((${#units[@]} > 0)); then
    "${manager[@]}" stop "${units[@]}" || true
    "${manager[@]}" reset-failed "${units[@]}" 2>/dev/null || true
fi
if [[ $purge == true ]]; then
    for service in "${services[@]}"; do "${manager[@]}" clean --what=state "$service"; done
fi
rm -f -- "${paths[@]}"
"${manager[@]}" daemon-reload
# Folders go when nobody else has put anything into them.
folders=("$credentials" "$folder")
if [[ $purge == true ]]; then
    if [[ $mode == user ]]; then
        state=("$configuration/$stack" "${XDG_STATE_HOME:-$HOME/.local/state}/$stack")
    else
        state=("/var/lib/private/$stack" "/var/lib/$stack")
    fi
    for path in "${state[@]}"; do folders=("$path/data" "$path" "${folders[@]}"); done
fi
for path in "${folders[@]}"; do
    [[ ! -d $path ]] || rmdir --ignore-fail-on-non-empty -- "$path"
done
echo "Removed.$([[ $purge == true ]] || echo ' The data stays; --purge removes it.')"
