#!/usr/bin/env bash
# Checks that what documents say is so: stacks compile as they stand there, commands and options exist, links lead
# somewhere, and the requests of the README are answered.
#
# Needs a build.
set -euo pipefail
cd "$(dirname "$0")/.."

products=$(swift build --show-bin-path)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
documents=()
while IFS= read -r document; do
    documents+=("$document")
done < <(find . -path '*/.?*' -prune -o -path ./Tests -prune -o -name '*.md' -print | cut -c3- | sort)

# blocks LANGUAGE FILE: what stands in the fenced blocks of a language, each ended by a line with a form feed.
blocks() {
    awk -v fence="\`\`\`$1" '
        inside && /^```$/ { inside = 0; print "\f" }
        inside { print }
        $0 == fence { inside = 1 }
    ' "$2"
}

compile_stacks() {
    local document number=0 block
    for document in "${documents[@]}"; do
        while IFS= read -r -d $'\f' block; do
            [[ $block == *': StackDefinition'* ]] || continue
            number=$((number + 1))
            printf 'import Contracts\nimport Events\nimport StackModel\n%s' "$block" >"$folder/Stack$number.swift"
            swiftc -swift-version 6 -typecheck -I "$products/Modules" "$folder/Stack$number.swift" || {
                echo "$document: a stack does not compile; see above" >&2
                exit 1
            }
        done < <(blocks swift "$document")
    done
    if ((number == 0)); then
        echo "check-documents: no document holds a stack" >&2
        exit 1
    fi
    echo "check-documents: $number stacks compile"
}

# Word for word, in a folder and a network of their own, so that no port is taken.
run_requests() {
    if ! unshare --map-root-user --net true 2>/dev/null || ! command -v ip >/dev/null; then
        echo "check-documents: the requests of the README are not sent: no network can be made for them"
        return
    fi
    local block
    {
        echo "set -euo pipefail"
        # shellcheck disable=SC2016
        echo 'swift() { while [[ $1 != infra ]]; do shift; done; "$INFRA" "${@:2}"; }'
        # shellcheck disable=SC2016
        echo 'curl() { command curl --fail-with-body --silent --show-error "$@" && echo; }'
        # shellcheck disable=SC2016
        echo 'ip link set lo up; cd "$FOLDER"; trap "swift run infra down" EXIT'
        while IFS= read -r -d $'\f' block; do
            if [[ $block == *'curl '* ]]; then echo "$block"; fi
        done < <(blocks sh README.md)
    } >"$folder/requests.sh"
    mkdir "$folder/run"
    if ! FOLDER=$folder/run INFRA=$products/infra unshare --map-root-user --net bash "$folder/requests.sh" \
        >"$folder/answers" 2>&1; then
        cat "$folder/answers" >&2
        echo "check-documents: a request of the README fails" >&2
        exit 1
    fi
    echo "check-documents: the requests of the README are answered"
}

compile_stacks
"$products/infra" --experimental-dump-help >"$folder/commands.json"
python3 scripts/check-documents.py "$folder/commands.json" "${documents[@]}"
run_requests
