#!/bin/sh
# The MQTT tests need a real broker: install mosquitto where that is allowed, otherwise say in one line what is left out.
set -u
PATH=$PATH:/usr/sbin
command -v mosquitto >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the MQTT tests: mosquitto ..."
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends mosquitto; } >/dev/null 2>&1 && exit 0
fi
echo "LEFT OUT: the MQTT tests, since mosquitto is not installed (on Debian, as root: apt-get install mosquitto)."
