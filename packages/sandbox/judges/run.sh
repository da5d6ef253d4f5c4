#!/usr/bin/env bash
# Starts a sandbox on a free port and runs the curl sessions against it. With BASE set, judges that sandbox instead.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
if [ -z "${BASE:-}" ]; then
  log="$(mktemp)"
  node --conditions=@syncer/source "$here/../src/cli.ts" --port 0 >"$log" &
  sandbox=$!
  trap 'kill "$sandbox" 2>/dev/null || true; rm -f "$log"' EXIT
  for _ in $(seq 100); do
    BASE="$(sed -n 's/^Sandbox ready at //p' "$log")"
    [ -n "$BASE" ] && break
    sleep 0.1
  done
fi
export BASE
bash "$here/spotify-session.sh"
bash "$here/deezer-session.sh"
bash "$here/google-session.sh"
