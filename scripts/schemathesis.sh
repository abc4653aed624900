#!/usr/bin/env bash
# Make var/schemathesis ready, the environment of one test: Schemathesis works with newer packages than Rasa does.
# Does nothing when it is ready.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=var/schemathesis
lock=tests/requirements-schemathesis.lock
inputs=$({ pwd -P; cat "$lock"; } | sha256sum | cut -d ' ' -f 1)
if [ "$(cat "$folder/made-from" 2>/dev/null)" = "$inputs" ]; then exit 0; fi

rm -rf "$folder"
mkdir -p var
"$(scripts/find_python.sh)" -m venv "$folder"
# As in set-up: uv is faster, and pip knows the settings of a site with a mirror.
.venv/bin/uv pip install --quiet --python "$folder/bin/python" --require-hashes --requirement "$lock" ||
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$lock"
echo "$inputs" >"$folder/made-from"
