extension Scaffold {
    /// Checks what is pushed; the commits of actions are the ones that this repository uses itself.
    var workflow: String {
        #"""
        # Builds the stack, and checks that what is rendered of it is up to date.
        name: Infra
        on:
          push:
            branches: [main]
          pull_request:
        permissions: {}
        concurrency:
          group: infra-${{ github.ref }}
          cancel-in-progress: true
        jobs:
          check:
            name: Check
            runs-on: ubuntu-24.04
            timeout-minutes: 60
            permissions:
              contents: read # to check out
            steps:
              - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
                with:
                  persist-credentials: false
              - uses: $/.github/actions/infra
                with:
                  arguments: render --all-stages --check

        """#
    }

    /// The same as this repository's own, which a test makes sure of.
    static let action = #"""
        name: infra
        description: Builds the infra program of a stack, and runs it where it is given something to do.
        inputs:
          arguments:
            description: What follows `infra`, parted by blanks; empty where it is only to be built.
            default: ''
          swift-version:
            description: The version of Swift, which is installed where the machine has another one.
            default: 6.3.1
        outputs:
          program:
            description: Where the program is; it needs no Swift to run.
            value: ${{ steps.build.outputs.program }}
        runs:
          using: composite
          steps:
            - name: Install Swift
              shell: bash
              run: '"$GITHUB_ACTION_PATH/install.sh" "$SWIFT_VERSION"'
              env:
                SWIFT_VERSION: ${{ inputs.swift-version }}
            - name: Restore what was built before
              uses: actions/cache@9255dc7a253b0ccc959486e2bca901246202afeb # v5.0.1
              with:
                path: .build
                key: infra-${{ runner.os }}-${{ runner.arch }}-${{ inputs.swift-version }}-${{ github.sha }}
                restore-keys: infra-${{ runner.os }}-${{ runner.arch }}-${{ inputs.swift-version }}-
            - name: Build
              id: build
              shell: bash
              run: |
                options=(-c release --static-swift-stdlib -Xlinker -s)
                swift build "${options[@]}" --product infra
                echo "program=$(swift build "${options[@]}" --show-bin-path)/infra" >>"$GITHUB_OUTPUT"
            - name: Run
              if: inputs.arguments != ''
              shell: bash
              run: |
                read -r -d '' -a arguments <<<"$ARGUMENTS" || true
                "$PROGRAM" "${arguments[@]}"
              env:
                ARGUMENTS: ${{ inputs.arguments }}
                PROGRAM: ${{ steps.build.outputs.program }}

        """#

    /// The script beside it, which installs Swift where it is missing.
    static let installation = #"""
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

        """#
}
