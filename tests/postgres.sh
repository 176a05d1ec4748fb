#!/usr/bin/env bash
# Runs a command with a throwaway PostgreSQL server on loopback for the tests that need one:
#
#   tests/postgres.sh make test
#
# The server's address is in $POSTMORTEM_TEST_POSTGRES; the server and all that is in it are gone
# afterwards. Where there is no PostgreSQL, root on Debian gets it installed, others are told.
set -euo pipefail

programs() {
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || true
  [ -n "$found" ] || found=$(command -v initdb) || return 1
  dirname "$(readlink -f "$found")"
}

as_server() { # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

if ! bin=$(programs); then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL is not installed. Install its server, or run the tests without it." >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  bin=$(programs)
fi

home=$(mktemp -d)
stop() {
  as_server "$bin/pg_ctl" --pgdata "$home/data" --mode immediate --silent stop || true
  rm -rf "$home"
}
trap stop EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$home"; fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$home" # a folder that the server's user may look into
as_server "$bin/initdb" --pgdata "$home/data" --username postgres --auth trust \
  --encoding UTF8 --locale C --no-sync >/dev/null
as_server "$bin/pg_ctl" --pgdata "$home/data" --log "$home/log" --silent --wait start --options \
  "-h 127.0.0.1 -p $port -c unix_socket_directories='' -c fsync=off -c max_connections=200"
cd "$OLDPWD"

export POSTMORTEM_TEST_POSTGRES="postgresql://postgres@127.0.0.1:$port/postgres"
"$@"
