import { z } from "zod";
import { isrcSchema } from "./isrc.ts";

export const albumTypeSchema = z.enum(["album", "single", "ep", "compilation"]);

/** A release date as precisely as the service knows it: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export const releaseDateSchema = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/);

/**
 * A recording as every music service can express it. Lives in memory only.
 *
 * Absent means unknown, never empty: a service that does not show a field says nothing about it.
 */
export const universalTrackSchema = z.object({
  /** As the service shows it, with brackets and dash tails; the matcher takes it apart. */
  title: z.string(),
  /** The version when the service keeps it apart from the title ("Live", "Nova Remix"). */
  version: z.string().optional(),
  /** Names in the service's order; empty only if the service gave none. */
  artists: z.array(z.string()),
  album: z.string().optional(),
  albumArtists: z.array(z.string()).optional(),
  albumType: albumTypeSchema.optional(),
  durationMs: z.number().int().nonnegative().optional(),
  isrc: isrcSchema.optional(),
  explicit: z.boolean().optional(),
  releaseDate: releaseDateSchema.optional(),
  discNumber: z.number().int().positive().optional(),
  trackNumber: z.number().int().positive().optional(),
  /** Catalogue ids by service name. */
  externalIds: z.record(z.string(), z.string()),
  /** Whether the user's account can play it where the user is; absent where the service does not say. */
  playable: z.boolean().optional(),
  metadata: z
    .object({
      /** The service's own popularity or rank; comparable only within one service. */
      popularity: z.number().optional(),
      previewUrl: z.string().optional(),
    })
    .optional(),
  /** When the user added it to the collection it was read from. */
  addedAt: z.date().optional(),
  /** How sure we are that this is the recording that was looked for, 0..1; present on results of matching only. */
  confidence: z.number().min(0).max(1).optional(),
});

export type UniversalTrack = z.infer<typeof universalTrackSchema>;
