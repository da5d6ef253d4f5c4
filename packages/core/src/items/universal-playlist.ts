import { z } from "zod";
import { defineDocumentKind } from "./document-kind.ts";
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

/** What a playlist is beside its tracks, as a document: what can be renamed, described, and shown to others or not. */
export type PlaylistDetails = Pick<UniversalPlaylist, "name" | "description" | "public">;

/** Two playlists are never taken for one another by what they hold; see `compareContainerNames` for their names. */
export const playlistKind = defineDocumentKind<PlaylistDetails>({
  name: "playlist",
  schema: universalPlaylistSchema.pick({ name: true, description: true, public: true }),
  fields: { name: "value", description: "value", public: "value" },
});
