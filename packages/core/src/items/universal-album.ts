import { z } from "zod";
import { albumTypeSchema, releaseDateSchema } from "./universal-track.ts";
import { upcSchema } from "./upc.ts";

/**
 * A release as every music service can express it. Lives in memory only.
 *
 * Absent means unknown, never empty: a service that does not show a field says nothing about it.
 */
export const universalAlbumSchema = z.object({
  /** As the service shows it, with its edition ("Tide (Deluxe Edition)"); the matcher takes it apart. */
  name: z.string(),
  /** Names in the service's order; empty only if the service gave none. */
  artists: z.array(z.string()),
  upc: upcSchema.optional(),
  type: albumTypeSchema.optional(),
  trackCount: z.number().int().positive().optional(),
  releaseDate: releaseDateSchema.optional(),
  explicit: z.boolean().optional(),
  /** Catalogue ids by service name. */
  externalIds: z.record(z.string(), z.string()),
  /** Whether the user's account can play it where the user is; absent where the service does not say. */
  playable: z.boolean().optional(),
  /** When the user added it to the collection it was read from. */
  addedAt: z.date().optional(),
});

export type UniversalAlbum = z.infer<typeof universalAlbumSchema>;
