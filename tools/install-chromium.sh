#!/bin/sh
# The browser tests need Chromium: install it where that is allowed, otherwise say in one line what is left out.
set -u
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..."
    if { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-noto-cjk; } >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "LEFT OUT: the browser tests, since Chromium is not installed (as root on Debian: apt-get install chromium)."
