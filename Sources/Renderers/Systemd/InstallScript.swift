/// What `install.sh` does with the facts that are written above it.
///
/// Everything is checked before anything is changed; every file appears whole or not at all; what will be put is listed
/// first, so that an interrupted run can be completed or removed. Values of secrets touch only commands that are part of
/// the shell, for the arguments of programs can be seen by everybody. The exit codes are those of `sysexits.h`.
///
/// `put` makes its temporary file beside the file it is for, not in a common folder: a move within a folder replaces the
/// file at once, and `mktemp` lets nobody else read it before its mode is set.
let systemdInstallation = #"""
    source_folder=$(cd "$(dirname "$0")" && pwd)

    usage() {
        cat <<USAGE
    Usage: ${0##*/} [--user] [--bin DIR | --prefix DIR]

      --user        install for the service manager of this user
      --bin DIR     the programs are in DIR
      --prefix DIR  the programs are in DIR/bin

    Secrets are read from environment variables of the same name. A secret that has a value keeps it.
    USAGE
    }

    mode=system
    bin=
    while (($# > 0)); do
        case $1 in
        --user) mode=user ;;
        --bin | --prefix)
            (($# > 1)) || refuse 64 "$1 needs a folder"
            bin=$2
            [[ $1 == --bin ]] || bin=$2/bin
            shift
            ;;
        --help)
            usage
            exit 0
            ;;
        *)
            usage >&2
            exit 64
            ;;
        esac
        shift
    done
    choose_folders
    if [[ -z $bin ]]; then
        bin=$rendered_bin
        [[ $mode == system ]] || bin=$HOME/.local/bin
    fi

    # Everything that is wrong is said at once, before anything is changed.
    check() {
        local problems=() name
        # These characters mean nothing in a unit, nor to sed.
        [[ $bin =~ ^/[A-Za-z0-9/._+@:=,-]*$ ]] ||
            problems+=("'$bin' is no absolute path of letters, digits and / . _ + @ : = , -")
        [[ $mode == user || ! $bin/ =~ ^/(home|root|run/user)/ ]] ||
            problems+=("services cannot see home folders; put the programs somewhere else than $bin")
        for name in "${programs[@]}"; do
            [[ -f $bin/$name && -x $bin/$name ]] || problems+=("there is no program $bin/$name; say --bin DIR")
        done
        for name in "${required[@]}"; do
            [[ -n ${!name:-} || -s $credentials/$name ]] ||
                problems+=("the secret $name has no value; set the environment variable $name")
        done
        for name in "${units[@]}"; do
            [[ -f $source_folder/$name ]] || problems+=("$source_folder/$name is missing")
            [[ ! -e $unit_folder/$name ]] || [[ $(head -n 1 "$unit_folder/$name") == "$marker" ]] ||
                problems+=("$unit_folder/$name is not part of this stack")
        done
        ((${#problems[@]} == 0)) || refuse 78 "${problems[@]}"
    }

    temporary=
    trap 'rm -f -- "$temporary"' EXIT

    # put FILE MODE TEXT: writes a file whole or not at all.
    put() {
        temporary=$(mktemp "$1.XXXXXX")
        printf '%s' "$3" >"$temporary"
        chmod "$2" "$temporary"
        mv -f -- "$temporary" "$1"
        temporary=
    }

    # is_ours FILE: whether a run of this script put the file.
    is_ours() {
        [[ -f $manifest ]] && grep -qxF -- "$1" "$manifest"
    }

    # Lists what will be put before any of it is, so that uninstall.sh finds it after an interruption too.
    write_manifest() {
        local paths=("$manifest" "${units[@]/#/$unit_folder/}") name path
        local -A listed=()
        [[ -z $broker ]] || paths+=("$folder/broker.json")
        for name in "${credential_files[@]}"; do
            if [[ ! -e $credentials/$name ]] || is_ours "$credentials/$name"; then paths+=("$credentials/$name"); fi
        done
        for path in "${paths[@]}"; do listed[$path]=yes; done
        stale=()
        if [[ -f $manifest ]]; then
            while IFS= read -r path; do
                [[ -n ${listed[$path]:-} || ! -e $path ]] || stale+=("$path")
            done <"$manifest"
        fi
        # An older version of the stack may have put more.
        paths+=("${stale[@]}")
        put "$manifest" 0644 "$(printf '%s\n' "${paths[@]}")"$'\n'
    }

    random() {
        od -An -vtx1 -N32 /dev/urandom | tr -d ' \n'
    }

    # credential NAME VALUE: gives a credential its value unless it has one.
    credential() {
        [[ -s $credentials/$1 ]] || put "$credentials/$1" 0600 "$2"
    }

    write_credentials() {
        local name
        for name in "${required[@]}" "${optional[@]}"; do credential "$name" "${!name:-}"; done
        for name in "${generated[@]}"; do credential "$name" "${!name:-$(random)}"; done
        if [[ -n $broker ]]; then
            credential broker-key "$(random)"
            # Where our broker is may have changed; the address of another bus stays.
            if [[ ! -s $credentials/bus-connection ]] ||
                grep -q UseDevelopmentEmulator=true "$credentials/bus-connection"; then
                put "$credentials/bus-connection" 0600 "${bus_connection/@KEY@/$(<"$credentials/broker-key")}"
            fi
        fi
    }

    # unit_text NAME: a unit as this manager and these folders need it.
    unit_text() {
        local edits=(-e "/^ExecStart=/s|=$rendered_bin/|=$bin/|")
        if [[ $mode == user ]]; then
            edits+=(-e '/^# Only the manager of the system/,/^$/d' -e '/^WantedBy=/s/multi-user/default/')
        fi
        sed "${edits[@]}" "$source_folder/$1"
    }

    write_units() {
        local name text
        for name in "${units[@]}"; do
            text=$(unit_text "$name")
            put "$unit_folder/$name" 0644 "$text"$'\n'
        done
        [[ -z $broker ]] || put "$folder/broker.json" 0644 "$(<"$source_folder/broker.json")"$'\n'
    }

    # Removes units that the stack no longer has; credentials and all else of an older one stay until uninstall.sh.
    remove_stale_units() {
        local path
        for path in "${stale[@]}"; do
            [[ $path == "$unit_folder"/* ]] || continue
            "${manager[@]}" stop "${path##*/}" || true
            rm -f -- "$path"
        done
    }

    check
    credential_files=("${required[@]}" "${optional[@]}" "${generated[@]}")
    [[ -z $broker ]] || credential_files+=(broker-key bus-connection)
    install -d -m 0755 "$folder" "$unit_folder"
    install -d -m 0700 "$credentials"
    exec 9<"$folder"
    flock 9
    write_manifest
    write_credentials
    write_units
    remove_stale_units
    "${manager[@]}" daemon-reload
    "${manager[@]}" --quiet enable "$target"
    for name in "${optional[@]}"; do
        [[ -s $credentials/$name ]] || echo "The secret $name has no value; it may stay without."
    done
    echo "Installed. To start or restart: ${manager[*]} restart $target"

    """#
