#!/usr/bin/env bash
# A session with Deezer's stand-in, written from the description of the real service and not from any client of ours.
source "$(dirname "$0")/assert.sh"

APP_ID="500001"
SECRET="dee2e75ec2e75ec2e75ec2e75ec20001"
USER_ID="4000000001"
TRACK="953097"

curl --silent --output /dev/null --request POST "$BASE/_control/reset"

# Signing in
auth_url() { printf '%s/oauth/auth.php?app_id=%s&redirect_uri=%s&perms=%s&state=xyz' "$DEEZER_CONNECT" "$APP_ID" "$1" "$2"; }
ALL="basic_access,manage_library,delete_library,offline_access"
send "$(auth_url http%3A%2F%2F127.0.0.1%3A8888%2Fcallback "$ALL")"
expect_body "have permission" "a redirect to 127.0.0.1 is refused"
HERE="$(auth_url http%3A%2F%2Flocalhost%3A8888%2Fcallback "$ALL")"
send "$HERE"
expect_body '<form method="post"' "localhost gets the consent page"
send --data "user=$USER_ID" --data "decision=deny" "$HERE"
[ "$(location_parameter error_reason)" = "user_denied" ] || fail "cancelling says user_denied"
send --data "user=$USER_ID" --data "decision=allow" "$HERE"
expect_status 302 "allowing"
[ "$(location_parameter state)" = "xyz" ] || fail "the state comes back"
CODE="$(location_parameter code)"

# Tokens
token_for() { send --get "$DEEZER_CONNECT/oauth/access_token.php" --data "app_id=$APP_ID" --data "secret=$SECRET" --data "code=$1" --data "output=json"; }
token_for "$CODE"
expect_body '"expires":0' "with offline_access the token never expires"
TOKEN="$(field access_token)"
token_for "$CODE"
expect_status 200 "a used code is no HTTP error"
expect_exactly "wrong code" "a used code"
expect_header '^content-type: text/html' "and claims to be HTML"

# Errors inside 200
send "$DEEZER_API/user/me"
expect_status 200 "no token is no HTTP error"
expect_body '"code":200' "no token is code 200"
send --header "Authorization: Bearer $TOKEN" "$DEEZER_API/user/me"
expect_body '"code":200' "a Bearer header does not count"
send "$DEEZER_API/user/me?access_token=nonsense"
expect_body '"code":300' "an unknown token is code 300"
send "$DEEZER_API/no/such/route"
expect_body '"code":600' "an unknown path is code 600"
send "$DEEZER_API/track/isrc:ZZZZZ0000000"
expect_exactly '{"error":{"type":"DataException","message":"no data","code":800}}' "an unknown ISRC"

# Public reading
send "$DEEZER_API/infos"
expect_body '"open":true' "health without a token"
send "$DEEZER_API/track/$TRACK"
expect_body '"contributors":[' "a full track names all artists"
ISRC="$(field isrc)"
send "$DEEZER_API/track/isrc:$ISRC"
expect_body "\"isrc\":\"$ISRC\"" "the ISRC is found"
send --get "$DEEZER_API/search" --data-urlencode 'q=artist:"the killers" track:"mr brightside"'
expect_body "\"id\":$TRACK" "fields find the track"
send "$DEEZER_API/search"
expect_body '"code":501' "a search needs q"

# Favourites
ME="access_token=$TOKEN"
send --data "track_id=$TRACK" "$DEEZER_API/user/me/tracks?$ME"
expect_exactly "true" "saving answers true"
send "$DEEZER_API/user/me/tracks?$ME&limit=100"
expect_body '"total":1' "one favourite"
expect_absent '"isrc"' "favourites carry no ISRC"
expect_absent '"next"' "a last page has no next"
send --data "track_id=1" "$DEEZER_API/user/me/tracks?$ME"
expect_body '"code":800' "an unknown track"
send --request DELETE "$DEEZER_API/user/me/tracks?$ME&track_id=$TRACK"
expect_exactly "true" "removing answers true"
send "$DEEZER_API/user/me/history?$ME"
expect_body '"code":200' "a permission that was not asked for"

# Playlists
send --data "title=Judged" "$DEEZER_API/user/me/playlists?$ME"
PLAYLIST="$(field id)"
send --data "songs=$TRACK" "$DEEZER_API/playlist/$PLAYLIST/tracks?$ME"
expect_exactly "true" "adding answers true"
send --data "songs=$TRACK" "$DEEZER_API/playlist/$PLAYLIST/tracks?$ME"
expect_body "This song already exists in this playlist" "a duplicate is refused"
send "$DEEZER_API/user/me/playlists?$ME"
expect_body '"is_loved_track":true' "the loved tracks are listed as a playlist"

# Too fast
curl --silent --output /dev/null "$DEEZER_API/infos#[1-50]"
send "$DEEZER_API/infos"
expect_status 200 "the quota answer is no HTTP error"
expect_exactly '{"error":{"type":"Exception","message":"Quota limit exceeded","code":4}}' "more than 50 requests in 5 seconds"
if grep --quiet --ignore-case '^retry-after:' "$HEADERS"; then fail "no header says how long"; fi

done_with "deezer"
