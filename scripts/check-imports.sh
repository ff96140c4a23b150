#!/usr/bin/env bash
# Checks what targets import of each other, and that a few dangerous constructs stay out of the code.
set -euo pipefail
cd "$(dirname "$0")/.."

# One line a target: its folder, then which of our targets it may import. A "pure" target imports nothing else at all.
table='
Sources/JSONText            pure
Sources/Settings            pure
Sources/WebFormats          pure
Sources/Scheduling          pure
Sources/StackGraph          pure
Sources/StackModel          pure StackGraph Settings
Sources/Renderers           pure JSONText StackGraph
Sources/Planning            JSONText Renderers StackGraph WebFormats
Sources/Engine              pure
Sources/Azure               JSONText Settings WebFormats
Sources/CZlib
Sources/Artifacts           CZlib
Sources/Packaging           Artifacts Renderers StackGraph WebFormats
Sources/Deployment          Azure Engine Images JSONText Packaging Planning Renderers Settings StackGraph
Sources/Rehearsal           Azure AzureSimulator Deployment Settings
Sources/Supervisor          StackGraph Settings JSONText
Sources/AzureSimulator      CZlib JSONText Renderers Settings WebFormats
Sources/StackCLI            Azure AzureSimulator Deployment JSONText Packaging Planning Rehearsal Settings StackGraph StackModel Renderers Supervisor ServiceKit ServiceBusEmulator WebFormats Messaging Images
Sources/Events              JSONText
Sources/EventsClient        Events JSONText Settings
Sources/Telemetry           Settings WebFormats
Sources/Redis               Settings WebFormats
Sources/Messaging           Azure JSONText Redis Settings WebFormats Telemetry
Sources/LoopExecution
Sources/ServiceKit          JSONText LoopExecution Settings WebFormats Telemetry
Sources/ServiceBusEmulator  JSONText LoopExecution Messaging Settings WebFormats
Sources/ModelStreaming      JSONText LoopExecution Settings WebFormats Azure Telemetry
Sources/SQLiteStores
Sources/FunctionHost        Messaging ServiceKit Settings JSONText
services/Contracts          Settings Events
services/ChatResponding     Events JSONText Messaging ModelStreaming WebFormats Contracts ServiceKit Settings
services/EventFunctions     ChatResponding Contracts Events FunctionHost JSONText LoopExecution Messaging ModelStreaming ServiceKit Settings WebFormats Azure Scheduling SQLiteStores Telemetry
services/ChatAPI            ChatResponding Contracts Events JSONText LoopExecution Messaging ModelStreaming EventsClient ServiceKit Settings WebFormats Redis Azure SQLiteStores Telemetry
infra                       StackModel StackCLI Contracts Events
Sources/Images              Artifacts Azure JSONText Settings WebFormats
'

imports=0
files=0
failures=0

fail() {
    echo "$1" >&2
    failures=$((failures + 1))
}

# Prints FILE:LINE:MODULE for each import below a folder.
imports_in() {
    local pattern='^[[:space:]]*(@[A-Za-z_()]+[[:space:]]+)*((public|package|internal|fileprivate|private)[[:space:]]+)?'
    pattern+='import[[:space:]]+((struct|class|enum|protocol|func|var|let|typealias)[[:space:]]+)?'
    { grep -rEn --include='*.swift' "$pattern" "$1" || true; } |
        sed -E 's/^([^:]+:[0-9]+):.*import[[:space:]]+((struct|class|enum|protocol|func|var|let|typealias)[[:space:]]+)?([A-Za-z0-9_]+).*/\1:\4/'
}

ours=' '
while read -r folder _; do
    [[ -n $folder ]] && ours+="${folder##*/} "
done <<<"$table"

while read -r folder allowed; do
    [[ -n $folder ]] || continue
    if [[ ! -d $folder ]]; then
        fail "$folder: the table names a folder that does not exist"
        continue
    fi
    files=$((files + $(find "$folder" -name '*.swift' | wc -l)))
    while IFS=: read -r file line module; do
        [[ -n $module ]] || continue
        imports=$((imports + 1))
        # No module imports itself: that is a line of a text, such as a file that is written for somebody.
        [[ $module != "${folder##*/}" ]] || continue
        if [[ $ours == *" $module "* ]]; then
            [[ " $allowed " == *" $module "* ]] || fail "$file:$line: ${folder##*/} may not import $module"
        elif [[ $allowed == pure* ]]; then
            fail "$file:$line: ${folder##*/} is pure and may not import $module"
        fi
        case $module in
        Glibc | Musl | Darwin)
            case ${file##*/} in
            *Shim.swift | Platform*.swift) ;;
            *) fail "$file:$line: import $module only in a file named *Shim.swift or Platform*.swift" ;;
            esac
            ;;
        esac
    done < <(imports_in "$folder")
done <<<"$table"

for folder in Sources/*/ services/*/; do
    [[ $table == *$'\n'"${folder%/} "* || $table == *$'\n'"${folder%/}"$'\n'* ]] || fail "${folder%/}: the table does not name this target"
done

# forbid PATTERN ADVICE: no line of code may match; comments may.
forbid() {
    while IFS= read -r match; do
        fail "$(cut -d: -f1,2 <<<"$match"): $2"
    done < <(grep -rnE --include='*.swift' "$1" Sources services infra | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true)
}

forbid '@unchecked[[:space:]]+Sendable' 'say how it is safe with Mutex or an actor, not @unchecked Sendable'
forbid '(^|[^A-Za-z0-9_])try!' 'handle the error or throw it on; no try!'
forbid '(^|[^A-Za-z0-9_])as!' 'cast with as? and handle failure; no as!'
forbid '(^|[^A-Za-z0-9_])fatalError\(' 'throw an error; no fatalError'
forbid '(^|[^A-Za-z0-9_])Task(<[^>]*>)?[[:space:]]*[{(]' 'run it in a task group or a service; no loose Task'
forbid '(^|[^A-Za-z0-9_])Task\.(detached|immediate)' 'run it in a task group or a service; no loose Task'

echo "check-imports: $imports imports in $files files, $failures failure(s)"
[[ $failures -eq 0 ]]
