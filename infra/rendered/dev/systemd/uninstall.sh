#!/usr/bin/env bash
# Removes what install.sh put; with --purge, the data of the stack lightening-dev too.
set -euo pipefail
umask 077

stack='lightening-dev'
target='lightening-dev.target'
state=('lightening-dev/broker' 'lightening-dev/data/chat' 'lightening-dev/data/documents' 'lightening-dev/data/files' 'lightening-dev/data/functions')

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
# The manager of a user keeps state below one of these, by its version.
if [[ $mode == user ]]; then
    roots=("$configuration" "${XDG_STATE_HOME:-$HOME/.local/state}")
else
    roots=(/var/lib/private /var/lib)
fi

# remove_empty FOLDER...: folders go when nobody else has put anything into them.
remove_empty() {
    local path
    for path in "$@"; do
        [[ ! -d $path ]] || rmdir --ignore-fail-on-non-empty -- "$path"
    done
}

remove_installation() {
    local path paths=() units=() services=() service
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
    remove_empty "$credentials" "$folder"
}

# has_data: whether any folder of a service is still there, or a link to one.
has_data() {
    local root name
    for root in "${roots[@]}"; do
        for name in "${state[@]}"; do
            [[ ! -e $root/$name && ! -L $root/$name ]] || return 0
        done
    done
    return 1
}

remove_data() {
    local root name
    for root in "${roots[@]}"; do
        for name in "${state[@]}"; do rm -rf -- "${root:?}/${name:?}"; done
        remove_empty "$root/$stack/data" "$root/$stack"
    done
}

if [[ -f $manifest ]]; then
    remove_installation
    said=Removed.
else
    said="The stack $stack is not installed."
fi
if has_data; then
    if [[ $purge == true ]]; then said+=' Its data is removed.'; else said+=' The data stays; --purge removes it.'; fi
fi
# Cleaning services leaves the folders around theirs.
[[ $purge == false ]] || remove_data
echo "$said"
