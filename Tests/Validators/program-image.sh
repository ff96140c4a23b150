#!/usr/bin/env bash
# Makes an image of a program that was built for tests, with the libraries that it needs: program-image.sh PROGRAM IMAGE
set -euo pipefail
program=$1 image=$2
name=${program##*/}
root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT
mkdir -p "$root/app" "$root/tmp" "$root/data"
cp -- "$program" "$root/app/$name"
# Only what debuggers read goes: it is most of the file.
strip --strip-debug "$root/app/$name"
for library in $(ldd "$program" | grep -o '/[^ ]*'); do
    mkdir -p "$root${library%/*}"
    cp --dereference -- "$library" "$root$library"
done
chmod 1777 "$root/tmp" "$root/data"
tar -C "$root" -c . | docker import --change "ENTRYPOINT [\"/app/$name\"]" - "$image" >/dev/null
