/**
 * What a client id may do at Spotify: extended quota mode, development mode of a client id made before 2026-02-11, and
 * development mode of a newer one.
 */
export type SpotifyRegime = "EQM" | "OLD-DEV" | "DEV";

/** An app as registered in Spotify's dashboard. */
export interface SpotifyClient {
  readonly id: string;
  /** Public clients use PKCE and send no secret, although each has one. */
  readonly secret: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly regime: SpotifyRegime;
  /** Day quotas count per developer account, over all its client ids in development mode. */
  readonly developer: string;
}

/** Scopes that Spotify knows. */
export const SPOTIFY_SCOPES: ReadonlySet<string> = new Set(
  `ugc-image-upload user-read-playback-state user-modify-playback-state user-read-currently-playing app-remote-control streaming
  playlist-read-private playlist-read-collaborative playlist-modify-private playlist-modify-public user-follow-modify
  user-follow-read user-read-playback-position user-top-read user-read-recently-played user-library-modify user-library-read
  user-read-email user-read-private`.split(/\s+/),
);

/**
 * Whether a redirect URI is of a kind that Spotify takes at all: HTTPS, plain HTTP to a loopback address literal, or a
 * custom scheme; never the name `localhost`.
 */
export function isSecureRedirectUri(uri: string): boolean {
  const url = URL.parse(uri);
  if (url === null || url.hash !== "") return false;
  if (url.hostname === "localhost") return false;
  if (url.protocol === "http:") return url.hostname === "127.0.0.1" || url.hostname === "[::1]";
  return true;
}

/** Whether a redirect URI equals a registered one; a loopback URI registered without a port matches any port. */
export function isRegisteredRedirectUri(uri: string, registered: readonly string[]): boolean {
  return registered.some((candidate) => {
    if (candidate === uri) return true;
    const known = URL.parse(candidate);
    const given = URL.parse(uri);
    if (known === null || given === null || known.protocol !== "http:" || known.port !== "") return false;
    const withoutPort = uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+(?=\/|$)/, "$1");
    return withoutPort === candidate;
  });
}
