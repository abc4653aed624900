#!/usr/bin/env bash
# See that what the tests need from the system is there; install it where that can be done.
# Chromium drives the page, PostgreSQL is the other database that the records must work on.
set -euo pipefail

has_chromium() {
    { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null &&
        command -v chromedriver >/dev/null
}

has_postgresql() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

missing() {
    has_chromium || echo "chromium chromium-driver"
    has_postgresql || echo "postgresql"
}

# shellcheck disable=SC2207  # names of packages: no blanks, no patterns
packages=($(missing))
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    if [ ${#packages[@]} != 0 ]; then
        echo "Installing for the tests: ${packages[*]}" >&2
        apt-get update -qq </dev/null >&2
        apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >&2
    fi
    # Chromium without its windows opens a page in half the time. Few systems have it as a package:
    # where it is not to be had, Chromium itself does all.
    if ! command -v chromium-headless-shell >/dev/null && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        apt-get install -y -qq --no-install-recommends chromium-headless-shell </dev/null >&2 || true
    fi
fi
if [ -z "$(missing)" ]; then exit 0; fi

cat >&2 <<MESSAGE
The tests need programs that are not here and that this command cannot install (it may do so as root,
with apt-get). Missing, by their names on Debian: ${packages[*]}
Install them, then run the same command again:
  - Debian:  sudo apt-get install ${packages[*]}
  - others:  Chromium or Google Chrome with the chromedriver of its version on PATH; PostgreSQL's server programs
MESSAGE
exit 1
