#!/bin/sh
# Unpacks a Debian 13 with kitty, tmux, foot and xterm into DIR, for the tests that SEEDTUI_TRIXIE turns on.
#
#     sudo tests/e2e/trixie.sh DIR        # 3 minutes, 1.4 GB; later calls do nothing
#     SEEDTUI_TRIXIE=DIR pytest -m slow tests/e2e
#
# Wants root and, on this machine, debootstrap; the tests themselves also want xvfb and xdotool.
set -eu
dir=${1:?where to}
mirror=${2:-http://deb.debian.org/debian}
packages=kitty,tmux,xterm,foot,weston,libgl1-mesa-dri,libgl1,fonts-dejavu-core,python3,ncurses-term

[ -e "$dir/ready" ] && exit 0
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 2; }
debootstrap --variant=minbase "--include=$packages" trixie "$dir" "$mirror"
touch "$dir/ready"
