#!/usr/bin/env bash
# The browser side: `widget.sh deps|build|test`. Only those who change or test the widget need Node:
# the built files are in the tree.
set -euo pipefail
cd "$(dirname "$0")/../widget"

goal=${1:-}

node_works() {
    command -v npm >/dev/null && command -v node >/dev/null &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null
}

if ! node_works; then
    if [ "$goal" = build ] || [ -n "${CI:-}" ]; then
        echo "The widget's build and tests need Node 20 or later with npm. Install it and run this again." >&2
        exit 1
    fi
    if [ "$goal" = test ]; then
        echo "NOT TESTED: the widget's own tests, and that its built files are fresh. They need Node 20 or later with npm." >&2
    fi
    exit 0
fi

deps() {
    local stamp=node_modules/.signpost-setup
    local inputs
    inputs=$(cat package.json package-lock.json | sha256sum | cut -d ' ' -f 1)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$inputs" ]; then return; fi
    npm ci --no-audit --no-fund --loglevel=error </dev/null >&2
    echo "$inputs" >"$stamp"
}

case $goal in
    deps) deps ;;
    build) deps && npm run --silent build ;;
    test)
        deps
        npm run --silent types
        npm run --silent fresh
        # Against the stand-in server; what runs against the real one uses Chromium itself.
        CHROMIUM=${CHROMIUM:-$(command -v chromium-headless-shell || command -v chromium || true)} npm test --silent
        ;;
    *) echo "usage: scripts/widget.sh deps|build|test" >&2 && exit 2 ;;
esac
