import { z } from "zod";

/*
 * Only the fields that we read. The same track has other fields in each endpoint, so what is not in all of them is
 * nullish. Extra fields pass.
 */

const idSchema = z.number().int();

const trackFields = {
  /** Negative for personal uploads. */
  id: idSchema,
  type: z.string().nullish(),
  title: z.string(),
  title_version: z.string().nullish(),
  isrc: z.string().nullish(),
  readable: z.boolean().nullish(),
  /** Whole seconds. */
  duration: z.number().nonnegative().nullish(),
  explicit_lyrics: z.boolean().nullish(),
  rank: z.number().nullish(),
  release_date: z.string().nullish(),
  track_position: z.number().nullish(),
  disk_number: z.number().nullish(),
  preview: z.string().nullish(),
  /** The main artist only. */
  artist: z.object({ name: z.string().nullish() }).nullish(),
  contributors: z.array(z.object({ name: z.string().nullish() })).nullish(),
  album: z.object({ title: z.string().nullish(), release_date: z.string().nullish() }).nullish(),
};

export const deezerTrackSchema = z.object(trackFields);

/** A track as any endpoint of Deezer gives it. */
export type DeezerTrack = z.infer<typeof deezerTrackSchema>;

/** `GET /track/{id}` and `GET /track/isrc:{isrc}`. */
export const fullTrackSchema = deezerTrackSchema.extend({
  /** What to play instead of an unreadable track; a hint, so its own flaws do not spoil the answer. */
  alternative: deezerTrackSchema.optional().catch(undefined),
});

export type DeezerFullTrack = z.infer<typeof fullTrackSchema>;

/** What a list has beside its rows. */
const envelope = {
  /** May exceed the rows that are delivered. */
  total: z.number().int().nonnegative().optional(),
  /** Holds the access token in clear; only its presence is looked at. */
  next: z.string().nullish(),
  checksum: z.string().nullish(),
};

/** Favourites, and the tracks of a playlist. */
export const savedTracksSchema = z.object({
  ...envelope,
  data: z.array(
    deezerTrackSchema
      .extend({
        /** Unix seconds; 0 on some old entries. */
        time_add: z.number().nullish(),
      })
      .nullable(),
  ),
});

export type SavedTracksPage = z.infer<typeof savedTracksSchema>;
export type SavedTrackRow = SavedTracksPage["data"][number];

export const deezerAlbumSchema = z.object({
  id: idSchema,
  title: z.string(),
  /** Of an album by itself; lists and searches leave it out. */
  upc: z.string().nullish(),
  nb_tracks: z.number().nonnegative().nullish(),
  /** `single`, `ep`, `album`, `compile`. */
  record_type: z.string().nullish(),
  release_date: z.string().nullish(),
  explicit_lyrics: z.boolean().nullish(),
  /** Whether it can be played; of lists and of an album by itself. */
  available: z.boolean().nullish(),
  artist: z.object({ name: z.string().nullish() }).nullish(),
  contributors: z.array(z.object({ name: z.string().nullish() })).nullish(),
});

/** An album as any endpoint of Deezer gives it. */
export type DeezerAlbum = z.infer<typeof deezerAlbumSchema>;

export const deezerArtistSchema = z.object({
  id: idSchema,
  name: z.string(),
  nb_fan: z.number().nonnegative().nullish(),
});

/** An artist as any endpoint of Deezer gives it. */
export type DeezerArtist = z.infer<typeof deezerArtistSchema>;

/** Unix seconds; 0 on some old entries. */
const saved = { time_add: z.number().nullish() };

export const savedAlbumsSchema = z.object({ ...envelope, data: z.array(deezerAlbumSchema.extend(saved).nullable()) });
export const savedArtistsSchema = z.object({ ...envelope, data: z.array(deezerArtistSchema.extend(saved).nullable()) });

/** A page of saved albums or artists. */
export interface SavedPage<TNative> {
  readonly total?: number | undefined;
  readonly next?: string | null | undefined;
  readonly data: readonly (SavedRow<TNative> | null)[];
}

export type SavedRow<TNative> = TNative & { readonly id: number; readonly time_add?: number | null | undefined };

export const albumSearchSchema = z.object({ data: z.array(deezerAlbumSchema) });
export const artistSearchSchema = z.object({ data: z.array(deezerArtistSchema) });

export const playlistSchema = z.object({
  id: idSchema,
  title: z.string(),
  /** Of a playlist by itself; lists leave it out. */
  description: z.string().nullish(),
  public: z.boolean().nullish(),
  collaborative: z.boolean().nullish(),
  /** The favourites, shown as a playlist. */
  is_loved_track: z.boolean().nullish(),
  /** May exceed the rows that are delivered. */
  nb_tracks: z.number().nonnegative().nullish(),
  /** Another one when the contents change. */
  checksum: z.string().nullish(),
  creator: z.object({ id: idSchema }).nullish(),
});

/** A playlist as lists and `GET /playlist/{id}` give it. */
export type DeezerPlaylist = z.infer<typeof playlistSchema>;

export const playlistsSchema = z.object({ ...envelope, data: z.array(playlistSchema.nullable()) });

export type PlaylistsPage = z.infer<typeof playlistsSchema>;

export const historySchema = z.object({
  ...envelope,
  data: z.array(
    deezerTrackSchema
      .extend({
        /** Unix seconds. */
        timestamp: z.number().nullish(),
      })
      .nullable(),
  ),
});

export type HistoryPage = z.infer<typeof historySchema>;
export type PlayRow = HistoryPage["data"][number];

/** What the creation of a playlist answers. */
export const madeSchema = z.object({ id: idSchema });

export const searchSchema = z.object({ data: z.array(deezerTrackSchema) });

export const userSchema = z.object({
  id: idSchema,
  name: z.string().nullish(),
  firstname: z.string().nullish(),
  lastname: z.string().nullish(),
  email: z.string().nullish(),
  picture_medium: z.string().nullish(),
  country: z.string().nullish(),
});

export type DeezerUser = z.infer<typeof userSchema>;

/** `GET /infos` also carries anonymous session tokens, which are not read. */
export const infosSchema = z.object({ open: z.boolean().nullish() });

/** A successful write is the bare word `true`. */
export const doneSchema = z.literal(true);
