import { z } from "zod";

/**
 * An artist as every music service can express one. Lives in memory only. No service gives a code that others have too.
 *
 * Absent means unknown, never empty: a service that does not show a field says nothing about it.
 */
export const universalArtistSchema = z.object({
  name: z.string(),
  /** How many people follow the artist at this service; of use among artists of one name. */
  followers: z.number().int().nonnegative().optional(),
  /** Catalogue ids by service name. */
  externalIds: z.record(z.string(), z.string()),
  /** When the user began to follow. */
  addedAt: z.date().optional(),
});

export type UniversalArtist = z.infer<typeof universalArtistSchema>;
