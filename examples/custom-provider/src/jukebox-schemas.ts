import { z } from "zod";

/* Only the fields that we read: a missing one fails with its path, extra ones pass. */

export const songSchema = z.object({
  song_id: z.string().min(1),
  name: z.string(),
  performers: z.array(z.string()),
  record: z.string().nullish(),
  /** Seconds, with decimals. */
  length: z.number().nonnegative().nullish(),
  recording_code: z.string().nullish(),
  playable: z.boolean().nullish(),
});

export type JukeboxSong = z.infer<typeof songSchema>;

export const libraryPageSchema = z.object({
  /** Rises with every change, so an equal one proves that nothing changed. */
  revision: z.number().int(),
  count: z.number().int().nonnegative(),
  /** `null` on the last page. */
  next_cursor: z.string().min(1).nullable(),
  rows: z.array(
    z.object({
      saved_at: z.iso.datetime({ offset: true }),
      /** `null` when the song has been withdrawn. */
      song: songSchema.nullable(),
    }),
  ),
});

export type LibraryPage = z.infer<typeof libraryPageSchema>;

export const revisionSchema = z.object({ revision: z.number().int(), count: z.number().int().nonnegative() });

export const writeResultsSchema = z.object({
  results: z.array(
    z.object({ song_id: z.string(), status: z.enum(["saved", "removed", "unchanged", "no_such_song", "locked"]) }),
  ),
});

export type WriteResults = z.infer<typeof writeResultsSchema>["results"];

export const songListSchema = z.object({ songs: z.array(songSchema) });

export const accountSchema = z.object({
  uid: z.string().min(1),
  handle: z.string().nullish(),
  country: z.string().nullish(),
});

export const pingSchema = z.object({ status: z.enum(["ok", "slow"]) });
