#!/bin/sh
# The browser tests need Chromium and a Chinese font: install what is missing where that is allowed,
# otherwise say in one line what is left out.
set -u
missing=
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && browser=$name && break
done
[ -n "${browser:-}" ] || missing=chromium
if command -v fc-list >/dev/null 2>&1; then
    fonts=$(fc-list :lang=zh)
else
    fonts=$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" -iname '*cjk*' 2>/dev/null)
fi
[ -n "$fonts" ] || missing="${missing:+$missing }fonts-noto-cjk"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the browser tests:" $missing "..."
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends $missing; } >/dev/null 2>&1 && exit 0
fi
case $missing in
    chromium*) echo "LEFT OUT: the browser tests, since Chromium is not installed (on Debian, as root: apt-get install $missing)." ;;
    *) echo "NOTE: no Chinese font is installed, so Chinese shows as boxes (on Debian, as root: apt-get install $missing)." ;;
esac
