#!/usr/bin/env bash
# Resolve requirements*.in into the hash-locked requirements*.lock. Run it as `make lock`.
# Only those who change a dependency need it: setting up reads the locks alone.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo "$PWD/.venv/bin/uv")
if [ ! -x "$uv" ]; then
    echo "Locking needs uv, which set-up installs. Run 'make setup' first." >&2
    exit 1
fi

standins=$(mktemp -d)
trap 'rm -rf "$standins"' EXIT
python=$(scripts/find_python.sh)
"$python" deploy/standins/build.py "$standins" >/dev/null

# The stand-ins are built from the tree at set-up, so the lock must not name them.
omit=()
for source in deploy/standins/*/; do
    omit+=(--no-emit-package "$(basename "$source")")
done

# No header, index or link lines: a lock names packages and hashes, never where a site downloads from.
resolve() {
    "$uv" pip compile "$1" --output-file "$2" --quiet --no-config --no-header \
        --no-emit-index-url --no-emit-find-links --generate-hashes \
        --python "$python" --python-version 3.10 --python-platform x86_64-unknown-linux-gnu \
        --override requirements-overrides.txt --find-links "$standins" "${omit[@]}" "${@:3}"
}

resolve requirements.in requirements.lock "$@"
resolve requirements-build.in requirements-build.lock "$@"
resolve requirements-source.in requirements-source.lock --no-deps "$@"
resolve requirements-dev.in requirements-dev.lock "$@"
