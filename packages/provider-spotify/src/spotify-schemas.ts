import { z } from "zod";

/*
 * Only the fields that we read. Required are those without which an answer means nothing to us; everything that some
 * regime, local file or old entry leaves out or sends as null is nullish. Extra fields pass.
 */

const artistSchema = z.object({ name: z.string().nullish() });

export const spotifyTrackSchema = z.object({
  /** `null` for local files. */
  id: z.string().min(1).nullable(),
  uri: z.string().nullish(),
  type: z.string().nullish(),
  name: z.string(),
  artists: z.array(artistSchema).nullish(),
  album: z
    .object({
      name: z.string().nullish(),
      album_type: z.string().nullish(),
      release_date: z.string().nullish(),
      artists: z.array(artistSchema).nullish(),
    })
    .nullish(),
  duration_ms: z.number().nullish(),
  explicit: z.boolean().nullish(),
  disc_number: z.number().nullish(),
  track_number: z.number().nullish(),
  external_ids: z.object({ isrc: z.string().nullish() }).nullish(),
  is_local: z.boolean().nullish(),
  is_playable: z.boolean().nullish(),
  /** Extended Quota and older applications only: the track that a substitute stands for. */
  linked_from: z.object({ id: z.string().nullish() }).nullish(),
  popularity: z.number().nullish(),
  preview_url: z.string().nullish(),
});

/** A track as `GET /me/tracks`, `GET /tracks/{id}` and the search give it, in every regime. */
export type SpotifyTrack = z.infer<typeof spotifyTrackSchema>;

export const savedTracksSchema = z.object({
  total: z.number().int().nonnegative(),
  next: z.string().nullable(),
  items: z.array(
    z.object({
      added_at: z.string().nullish(),
      /** `null` when the track has been withdrawn. */
      track: spotifyTrackSchema.nullable(),
    }),
  ),
});

export type SavedTracksPage = z.infer<typeof savedTracksSchema>;
export type SavedTrackRow = SavedTracksPage["items"][number];

export const spotifyAlbumSchema = z.object({
  id: z.string().min(1),
  /** Empty for an album that was taken down. */
  name: z.string(),
  album_type: z.string().nullish(),
  total_tracks: z.number().nullish(),
  release_date: z.string().nullish(),
  artists: z.array(artistSchema).nullish(),
  /** Of saved albums and of an album by itself; searches leave it out. */
  external_ids: z.object({ upc: z.string().nullish(), ean: z.string().nullish() }).nullish(),
  restrictions: z.object({ reason: z.string().nullish() }).nullish(),
  is_playable: z.boolean().nullish(),
});

/** An album as `GET /me/albums`, `GET /albums/{id}` and the search give it, in every regime. */
export type SpotifyAlbum = z.infer<typeof spotifyAlbumSchema>;

export const savedAlbumsSchema = z.object({
  total: z.number().int().nonnegative(),
  next: z.string().nullable(),
  items: z.array(z.object({ added_at: z.string().nullish(), album: spotifyAlbumSchema.nullable() })),
});

export type SavedAlbumsPage = z.infer<typeof savedAlbumsSchema>;
export type SavedAlbumRow = SavedAlbumsPage["items"][number];

export const albumSearchSchema = z.object({
  albums: z.object({ items: z.array(spotifyAlbumSchema.nullable()) }),
});

export const spotifyArtistSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** Extended Quota and older applications only. */
  followers: z.object({ total: z.number().nonnegative().nullish() }).nullish(),
});

/** An artist as `GET /me/following`, `GET /artists/{id}` and the search give it, in every regime. */
export type SpotifyArtist = z.infer<typeof spotifyArtistSchema>;

export const followedArtistsSchema = z.object({
  artists: z.object({
    total: z.number().int().nonnegative().nullish(),
    cursors: z.object({ after: z.string().nullish() }).nullish(),
    next: z.string().nullish(),
    items: z.array(spotifyArtistSchema.nullable()),
  }),
});

export type FollowedArtistsPage = z.infer<typeof followedArtistsSchema>["artists"];

export const artistSearchSchema = z.object({
  artists: z.object({ items: z.array(spotifyArtistSchema.nullable()) }),
});

export const playlistSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** HTML-escaped. */
  description: z.string().nullish(),
  /** Shown on the owner's profile; `null` where Spotify does not say. */
  public: z.boolean().nullish(),
  collaborative: z.boolean().nullish(),
  /** Another one after any change, also of the name; may lag behind a write. */
  snapshot_id: z.string().min(1).nullish(),
  owner: z.object({ id: z.string().min(1) }),
  /** The count has two names, and is absent in Development Mode for playlists of others. */
  items: z.object({ total: z.number().int().nonnegative() }).nullish(),
  tracks: z.object({ total: z.number().int().nonnegative() }).nullish(),
});

/** A playlist as `GET /me/playlists`, `GET /playlists/{id}` and `POST /me/playlists` give it, in every regime. */
export type SpotifyPlaylist = z.infer<typeof playlistSchema>;

export const playlistsSchema = z.object({
  total: z.number().int().nonnegative(),
  next: z.string().nullable(),
  items: z.array(playlistSchema.nullable()),
});

export type PlaylistsPage = z.infer<typeof playlistsSchema>;

/** Development Mode also puts a boolean `track` (or `episode`) beside the fields of what it calls `item`. */
const mediaSchema = z.union([spotifyTrackSchema, z.boolean()]).nullish();

export const playlistItemsSchema = z.object({
  total: z.number().int().nonnegative(),
  next: z.string().nullable(),
  items: z.array(
    z.object({
      /** `null` on very old entries. */
      added_at: z.string().nullish(),
      is_local: z.boolean().nullish(),
      /** Development Mode. `null` when the track has been withdrawn. */
      item: mediaSchema,
      /** Extended Quota and older applications. */
      track: mediaSchema,
    }),
  ),
});

export type PlaylistItemsPage = z.infer<typeof playlistItemsSchema>;
export type PlaylistItemRow = PlaylistItemsPage["items"][number];

/** The answer to every change of a playlist's items. */
export const snapshotSchema = z.object({ snapshot_id: z.string().min(1) });

/** In the order asked for. */
export const containsSchema = z.array(z.boolean()).min(1);

export const recentlyPlayedSchema = z.object({
  next: z.string().nullish(),
  /** `null` behind the last page. Times in ms, as text. */
  cursors: z.object({ before: z.string().nullish() }).nullish(),
  items: z.array(
    z.object({
      played_at: z.string(),
      track: spotifyTrackSchema.nullable(),
    }),
  ),
});

export type RecentlyPlayedPage = z.infer<typeof recentlyPlayedSchema>;
export type PlayedRow = RecentlyPlayedPage["items"][number];

export const trackSearchSchema = z.object({
  tracks: z.object({
    // Spotify has been seen to leave null where a hit was withdrawn between index and catalogue.
    items: z.array(spotifyTrackSchema.nullable()),
  }),
});

export const profileSchema = z.object({
  id: z.string().min(1),
  /** Immutable; absent in answers recorded before May 2026. */
  account_id: z.string().min(1).nullish(),
  display_name: z.string().nullish(),
  images: z.array(z.object({ url: z.string() })).nullish(),
  email: z.string().nullish(),
  country: z.string().nullish(),
});

export type SpotifyProfile = z.infer<typeof profileSchema>;

/** A successful write has an empty body. Anything else (a proxy's page) must not pass for a success. */
export const emptySchema = z.undefined();
