#!/usr/bin/env bash
# Print the path of a Python 3.10 that runs and can make virtual environments, or say what to install.
# Rasa 3.6 runs on nothing newer. A `python3.10` on PATH may be a version manager's shim that fails when
# called, so each candidate is tried by running it.
set -euo pipefail

works() {
    "$1" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

# A shim may work in this folder only, and another environment may be deleted: name the program behind them.
behind() {
    "$1" -I -c 'import sys; print(sys._base_executable)'
}

candidates() {
    if [ -n "${SIGNPOST_PYTHON:-}" ]; then
        echo "$SIGNPOST_PYTHON"
        return
    fi
    type -ap python3.10 python3 python || true
    for folder in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
        for program in "$folder"/versions/3.10.*/bin/python3.10; do
            if [ -x "$program" ]; then echo "$program"; fi
        done
    done
    if command -v uv >/dev/null; then
        uv python find 3.10 2>/dev/null || true
    fi
}

try_all() {
    local program
    for program in "$@"; do
        if works "$program"; then
            behind "$program"
            return 0
        fi
    done
    return 1
}

mapfile -t programs < <(candidates)
if try_all "${programs[@]}"; then exit 0; fi

if [ -z "${SIGNPOST_PYTHON:-}" ] && command -v uv >/dev/null; then
    echo "No Python 3.10 found; asking uv to install one." >&2
    if uv python install 3.10 >&2; then
        mapfile -t programs < <(uv python find 3.10 2>/dev/null)
        if try_all "${programs[@]}"; then exit 0; fi
    fi
fi

cat >&2 <<'MESSAGE'
Signpost needs Python 3.10 with its venv module: Rasa 3.6 runs on nothing newer. None was found on PATH,
below pyenv's versions folder, or through uv. Do one of these and run the same command again:
  - Debian or Ubuntu, where it has the package:  apt-get install python3.10 python3.10-venv
  - with pyenv:                                  pyenv install 3.10
  - with uv:                                     uv python install 3.10
  - or name one you have:                        SIGNPOST_PYTHON=/path/to/python3.10 make run
MESSAGE
exit 1
