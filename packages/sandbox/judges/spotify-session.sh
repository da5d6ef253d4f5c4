#!/usr/bin/env bash
# A session with Spotify's stand-in, written from the description of the real service and not from any client of ours.
source "$(dirname "$0")/assert.sh"

CLIENT_ID="5a4db0c5a4db0c5a4db0c5a4db0c0001"
CLIENT_SECRET="5ec2e75ec2e75ec2e75ec2e75ec20001"
REDIRECT="http://127.0.0.1:8888/callback"
SCOPES="user-library-read user-library-modify playlist-modify-public playlist-read-private"
TRACK_A="003vvx7Niy0yvhvHt4a68B"

curl --silent --output /dev/null --request POST "$BASE/_control/reset"

authorize() { send --get "$SPOTIFY_ACCOUNTS/authorize" --data-urlencode "client_id=$CLIENT_ID" --data-urlencode "scope=$SCOPES" --data-urlencode "state=xyz" "$@"; }
ACCEPTED=(--data-urlencode "response_type=code" --data-urlencode "redirect_uri=$REDIRECT")

# Signing in
authorize --data-urlencode "response_type=code" --data-urlencode "redirect_uri=http://localhost:8888/callback"
expect_status 400 "a redirect to localhost"
expect_body "INVALID_CLIENT: Insecure redirect URI" "localhost is refused on a page"
authorize --data-urlencode "response_type=code" --data-urlencode "redirect_uri=https://evil.example/callback"
expect_body "INVALID_CLIENT: Invalid redirect URI" "an unregistered redirect is refused on a page"
authorize "${ACCEPTED[@]}"
expect_status 200 "the consent page"
expect_header '^content-type: text/html' "the consent page is a page"
expect_body 'value="anna"' "the page offers accounts"

QUERY="client_id=$CLIENT_ID&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A8888%2Fcallback&state=xyz&scope=${SCOPES// /%20}"
send --data "user=anna" --data "decision=deny" "$SPOTIFY_ACCOUNTS/authorize?$QUERY"
expect_status 302 "cancelling"
[ "$(location_parameter error)" = "access_denied" ] || fail "cancelling says access_denied"
send --data "user=anna" --data "decision=allow" "$SPOTIFY_ACCOUNTS/authorize?$QUERY"
[ "$(location_parameter state)" = "xyz" ] || fail "the state comes back"
CODE="$(location_parameter code)"

# Tokens
send --user "$CLIENT_ID:wrong" --data "grant_type=authorization_code" --data "code=$CODE" --data-urlencode "redirect_uri=$REDIRECT" "$SPOTIFY_ACCOUNTS/api/token"
expect_status 400 "a wrong secret"
expect_body '"error":"invalid_client"' "a wrong secret is invalid_client"
exchange() { send --user "$CLIENT_ID:$CLIENT_SECRET" --data "grant_type=authorization_code" --data "code=$CODE" --data-urlencode "redirect_uri=$REDIRECT" "$SPOTIFY_ACCOUNTS/api/token"; }
exchange
expect_status 200 "the exchange"
expect_body '"expires_in":3600' "access tokens live an hour"
ACCESS="$(field access_token)"
REFRESH="$(field refresh_token)"
exchange
expect_status 400 "the same code again"
expect_body '"error":"invalid_grant"' "a used code is invalid_grant"
send --user "$CLIENT_ID:$CLIENT_SECRET" --data "grant_type=refresh_token" --data-urlencode "refresh_token=$REFRESH" "$SPOTIFY_ACCOUNTS/api/token"
expect_status 200 "a refresh"
expect_absent "refresh_token" "a refresh brings no new refresh token"
AUTH=(--header "Authorization: Bearer $ACCESS")

# Refusals
send "$SPOTIFY_API/me"
expect_status 401 "no token"
expect_header '^content-type: application/json' "a 401 is JSON"
send --header "Authorization: Bearer nonsense" "$SPOTIFY_API/me"
expect_exactly '{"error":{"status":401,"message":"Invalid access token"}}' "an unknown token"
send "${AUTH[@]}" "$SPOTIFY_API/no/such/route"
expect_status 404 "a route that does not exist"
send "${AUTH[@]}" "$SPOTIFY_API/tracks?ids=$TRACK_A"
expect_exactly '{"error":{"status":403,"message":"Forbidden"}}' "multi-get is gone for new apps"
send "${AUTH[@]}" "$SPOTIFY_API/me/player/recently-played"
expect_exactly '{"error":{"status":403,"message":"Insufficient client scope"}}' "a scope that was not granted"
send "${AUTH[@]}" "$SPOTIFY_API/tracks/short"
expect_status 400 "a malformed id"
send "${AUTH[@]}" "$SPOTIFY_API/tracks/0000000000000000000000"
expect_status 404 "an unknown id"

# Favourites
send "${AUTH[@]}" --request PUT --header "Content-Type: application/json" --data "{\"uris\":[\"spotify:track:$TRACK_A\"]}" "$SPOTIFY_API/me/library"
expect_exactly '{"error":{"status":400,"message":"Missing required field: uris"}}' "uris in a body do not count"
MANY="$(for _ in $(seq 41); do printf 'spotify:track:%s,' "$TRACK_A"; done)"
send "${AUTH[@]}" --request PUT "$SPOTIFY_API/me/library?uris=${MANY%,}"
expect_exactly '{"error":{"status":400,"message":"Too many uris"}}' "41 uris are too many"
send "${AUTH[@]}" --request PUT "$SPOTIFY_API/me/library?uris=spotify:track:$TRACK_A"
expect_status 200 "saving"
expect_no_body "saving answers nothing"
send "${AUTH[@]}" "$SPOTIFY_API/me/library/contains?uris=spotify:track:$TRACK_A"
expect_exactly "[true]" "the track is saved"
send "${AUTH[@]}" "$SPOTIFY_API/me/tracks?limit=50"
expect_body '"total":1' "one favourite"
expect_body '"isrc":"USIR20400274"' "favourites carry the ISRC"
expect_body "\"href\":\"$SPOTIFY_API/me/tracks?" "links can be followed"
send "${AUTH[@]}" "$SPOTIFY_API/me/tracks?limit=51"
expect_exactly '{"error":{"status":400,"message":"Invalid limit"}}' "51 a page are too many"
send "${AUTH[@]}" --request DELETE "$SPOTIFY_API/me/library?uris=spotify:track:$TRACK_A"
expect_status 200 "removing"
send "${AUTH[@]}" --request PUT --header "Content-Type: application/json" --data "{\"ids\":[\"$TRACK_A\"]}" "$SPOTIFY_API/me/tracks"
expect_status 403 "the old way to save is gone for new apps"

# Search
send "${AUTH[@]}" "$SPOTIFY_API/search?q=isrc:USIR20400274&type=track"
expect_body '"limit":5' "five results unless asked for more"
expect_body "$TRACK_A" "the ISRC is found"
send "${AUTH[@]}" "$SPOTIFY_API/search?q=brightside&type=track&limit=11"
expect_exactly '{"error":{"status":400,"message":"Invalid limit"}}' "eleven results are too many for new apps"

# Playlists
send "${AUTH[@]}" --header "Content-Type: application/json" --data '{"name":"Judged"}' "$SPOTIFY_API/me/playlists"
expect_status 201 "making a playlist"
PLAYLIST="$(grep --only-matching --extended-regexp 'spotify:playlist:[0-9A-Za-z]{22}' "$BODY" | head -n 1 | cut -d: -f3)"
send "${AUTH[@]}" --header "Content-Type: application/json" --data "{\"uris\":[\"spotify:track:$TRACK_A\",\"spotify:track:$TRACK_A\"]}" "$SPOTIFY_API/playlists/$PLAYLIST/items"
expect_status 201 "adding the same track twice"
expect_body '"snapshot_id"' "a write gives a snapshot id"
send "${AUTH[@]}" "$SPOTIFY_API/playlists/$PLAYLIST/items"
expect_body '"item":{' "entries hold an item"
expect_body '"track":true' "and a boolean track"
send "${AUTH[@]}" --request DELETE --header "Content-Type: application/json" --data "{\"tracks\":[{\"uri\":\"spotify:track:$TRACK_A\"}]}" "$SPOTIFY_API/playlists/$PLAYLIST/items"
expect_exactly '{"error":{"status":400,"message":"No uris provided"}}' "the old key is not known here"
send "${AUTH[@]}" --request DELETE --header "Content-Type: application/json" --data "{\"items\":[{\"uri\":\"spotify:track:$TRACK_A\"}]}" "$SPOTIFY_API/playlists/$PLAYLIST/items"
expect_status 200 "removing"
send "${AUTH[@]}" "$SPOTIFY_API/playlists/$PLAYLIST/items"
expect_body '"total":0' "all occurrences are gone"

# Too fast
curl --silent --output /dev/null "${AUTH[@]}" "$SPOTIFY_API/me#[1-90]"
send "${AUTH[@]}" "$SPOTIFY_API/me"
expect_status 429 "more than 90 requests in 30 seconds"
expect_header '^retry-after: [0-9]+' "a 429 names the seconds"

done_with "spotify"
