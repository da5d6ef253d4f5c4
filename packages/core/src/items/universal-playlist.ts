import { z } from "zod";
import { universalTrackSchema } from "./universal-track.ts";

/** A playlist with its tracks in order. Lives in memory only. */
export const universalPlaylistSchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  /** Shown to others; absent where the service does not say. */
  public: z.boolean().optional(),
  tracks: z.array(universalTrackSchema),
  createdAt: z.date().optional(),
  updatedAt: z.date().optional(),
  externalIds: z.record(z.string(), z.string()),
});

export type UniversalPlaylist = z.infer<typeof universalPlaylistSchema>;
