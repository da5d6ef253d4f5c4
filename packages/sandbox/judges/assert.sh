# Assertions for curl sessions. Source it; $BASE is the sandbox's address.
set -euo pipefail
: "${BASE:?address of a running sandbox, such as http://127.0.0.1:4010}"
SPOTIFY_API="$BASE/api.spotify.com/v1"
SPOTIFY_ACCOUNTS="$BASE/accounts.spotify.com"
DEEZER_API="$BASE/api.deezer.com"
DEEZER_CONNECT="$BASE/connect.deezer.com"
GOOGLE_ACCOUNTS="$BASE/accounts.google.com/o/oauth2/v2/auth"
GOOGLE_TOKENS="$BASE/oauth2.googleapis.com"
GOOGLE_CALENDAR="$BASE/www.googleapis.com/calendar/v3"
JAR="$(mktemp)"
BODY="$(mktemp)"
HEADERS="$(mktemp)"
trap 'rm -f "$JAR" "$BODY" "$HEADERS"' EXIT
CHECKS=0

# send <curl arguments…>: keeps status, headers and body of the answer.
send() {
  STATUS="$(curl --silent --show-error --max-time 20 --dump-header "$HEADERS" --output "$BODY" --write-out '%{http_code}' "$@")"
}

fail() {
  echo "not so: $1" >&2
  echo "  status $STATUS, body: $(head -c 600 "$BODY")" >&2
  exit 1
}

expect_status() { [ "$STATUS" = "$1" ] || fail "status $1 for $2"; CHECKS=$((CHECKS + 1)); }
# expect_body <text> <what it shows>
expect_body() { grep --quiet --fixed-strings -- "$1" "$BODY" || fail "$2 (body lacks: $1)"; CHECKS=$((CHECKS + 1)); }
expect_exactly() { [ "$(cat "$BODY")" = "$1" ] || fail "$2 (body is not: $1)"; CHECKS=$((CHECKS + 1)); }
expect_no_body() { [ ! -s "$BODY" ] || fail "$1 (body is not empty)"; CHECKS=$((CHECKS + 1)); }
expect_absent() { ! grep --quiet --fixed-strings -- "$1" "$BODY" || fail "$2 (body has: $1)"; CHECKS=$((CHECKS + 1)); }
expect_header() { grep --quiet --ignore-case --extended-regexp -- "$1" "$HEADERS" || fail "$2 (no header: $1)"; CHECKS=$((CHECKS + 1)); }

# field <name>: the first value of a JSON string or number field in the body.
field() { grep --only-matching --extended-regexp "\"$1\":(\"[^\"]*\"|[0-9]+)" "$BODY" | head -n 1 | sed -E "s/^\"$1\"://; s/^\"//; s/\"$//"; }
# location_parameter <name>: a query parameter of the address that the answer redirects to.
location_parameter() { grep --ignore-case '^location:' "$HEADERS" | tr -d '\r' | sed -nE "s/.*[?&]$1=([^&]*).*/\1/p"; }

done_with() { echo "$1: $CHECKS checks hold"; }
