#!/usr/bin/env bash
# Make .venv ready: `setup.sh run` for the bot, `setup.sh dev` for tests and lint as well.
# Does nothing when it is ready. What was interrupted, or made from other locks, is made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

goal=${1:-run}
case $goal in
    run | dev) ;;
    *) echo "usage: scripts/setup.sh [run|dev]" >&2 && exit 2 ;;
esac

state=.venv/signpost-setup   # what .venv was made from; missing while it is being made

# Two `make` at once would write into the same environment.
if command -v flock >/dev/null; then
    mkdir -p var
    exec 9>var/setup.lock
    flock 9
fi

# The folder belongs to it because an environment cannot be moved.
inputs=$({ pwd -P; cat requirements*.lock $(find deploy/standins -name '*.py' | LC_ALL=C sort) scripts/setup.sh; } | sha256sum | cut -d ' ' -f 1)

usable() {
    [ -x .venv/bin/python ] && .venv/bin/python -I -c 'import pip, rasa.version' 2>/dev/null
}

made=
if [ -f "$state" ] && usable; then
    read -r made_goal made_inputs <"$state" || true
    if [ "${made_inputs:-}" = "$inputs" ]; then made=${made_goal:-}; fi
fi
if [ "$made" = dev ] || [ "$made" = "$goal" ]; then exit 0; fi

by_pip() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile \
        --no-deps --no-build-isolation "$@"
}

# uv installs several times faster than pip. It does not read pip's settings, so where it fails (behind a
# mirror, say) pip has the last word.
# Byte code is left to be made as modules are first imported: most of what Rasa pulls in never is.
install() {
    if .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation "$@"; then return; fi
    echo "uv could not install this; trying pip" >&2
    by_pip "$@"
}

if [ "$made" != run ]; then
    if [ -e .venv ] && [ ! -e .venv/pyvenv.cfg ] && [ -n "$(ls -A .venv)" ]; then
        echo "There is a .venv here that is not a Python environment. Move it away and run this again." >&2
        exit 1
    fi
    python=$(scripts/find_python.sh)
    echo "Setting up .venv with $python (a few minutes the first time)" >&2
    rm -rf .venv
    "$python" -m venv .venv
    "$python" deploy/standins/build.py .venv/standins >/dev/null
    by_pip .venv/standins/*.whl
    by_pip --require-hashes --requirement requirements-build.lock
    install --require-hashes --requirement requirements-source.lock
    install --require-hashes --requirement requirements.lock
fi
rm -f "$state"
if [ "$goal" = dev ]; then
    echo "Adding the tools for tests and lint" >&2
    install --require-hashes --requirement requirements-dev.lock
fi
echo "$goal $inputs" >"$state.new"
mv "$state.new" "$state"
