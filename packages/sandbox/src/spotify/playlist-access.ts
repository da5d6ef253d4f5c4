import type { SpotifyCall } from "./call.ts";
import { forbidden, notFound } from "./errors.ts";
import type { SpotifyPlaylist } from "./playlists.ts";

/** A playlist as far as the caller may know of it. */
export function playlistOf(call: SpotifyCall): SpotifyPlaylist {
  const playlist = call.world.playlists.get(call.params.id ?? "");
  if (playlist === undefined) throw notFound();
  return playlist;
}

/** Owners write, and everybody writes into collaborative ones. */
export function mayWriteItems(call: SpotifyCall, playlist: SpotifyPlaylist): boolean {
  return playlist.ownerId === call.signedIn?.id || playlist.collaborative;
}

/** Which of the two scopes a write needs depends on whether the playlist is public. */
export function requireModifyScope(call: SpotifyCall, isPublic: boolean): void {
  if (!call.scopes.has(isPublic ? "playlist-modify-public" : "playlist-modify-private")) {
    throw forbidden("Insufficient client scope");
  }
}
