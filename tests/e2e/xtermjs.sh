#!/bin/sh
# Fetches xterm.js and its image addon, which VS Code's terminal is made of, for the tests in a browser.
#
#     tests/e2e/xtermjs.sh        # seconds, 15 MB; later calls do nothing
#
# Wants npm. The tests themselves also want chromium.
set -eu
cd "$(dirname "$0")/../.."
dir=.xtermjs_cache
packages='@xterm/xterm@6.0.0 @xterm/addon-image@0.9.0'

[ "$(cat "$dir/ready" 2>/dev/null)" = "$packages" ] && exit 0
npm install --prefix "$dir" --ignore-scripts --no-audit --no-fund --silent $packages
echo "$packages" > "$dir/ready"
