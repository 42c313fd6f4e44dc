#!/usr/bin/env bash
# The judge against servers that others wrote: `tests/judge/run.sh`. Installs them beside this file; exits 77 where they cannot
# be installed, and 1 where anything is not as it should be.
set -euo pipefail
VIVA_BIN=$(realpath "${VIVA_BIN:-$(dirname "$0")/../../target/release/viva}")
export VIVA_BIN
cd "$(dirname "$0")"

install() {
    npm ci --no-audit --no-fund --loglevel=error || return 1
    [ -x .venv/bin/python ] || python3 -m venv .venv || return 1
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
}

command -v npm >/dev/null && command -v python3 >/dev/null || { echo 'npm or python3 is missing'; exit 77; }
install || { echo 'the servers cannot be installed from npm and PyPI'; exit 77; }
node run.mjs
