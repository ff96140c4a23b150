/// What `uninstall.sh` does: it removes the files of the list that `install.sh` wrote, whatever version wrote it.
let systemdRemoval = #"""
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

    """#
