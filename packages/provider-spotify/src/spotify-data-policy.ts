import type { DataPolicy } from "@syncer/core";

/** Developer Policy and Developer Terms (version 10, effective 2025-05-15) as far as they touch a sync. */
export const spotifyDataPolicy: DataPolicy = {
  readOn: "2026-11-22",
  termsUrl: "https://developer.spotify.com/policy",
  idsMayBeKept: "while-connected",
  attribution: "Wherever content is displayed, name Spotify and link to it.",
  commercialUse: "restricted",
  newApplications:
    "Development Mode only: the owner needs Premium, at most 5 allow-listed users. Extended Quota only for organisations with a launched service and at least 250,000 monthly users.",
  notes: [
    "Transfer to another service is allowed only for a user's personal data and the metadata of their playlists, at the user's wish (III.9); that favourites count as personal data is our reading.",
    "Metadata only: no integration of streams or content with another service's (III.5).",
    "No analysis or profiling of content, no training of models, no transfer to third parties other than processors.",
    "Nothing is kept without end; everything is deleted on disconnect.",
    "Spotify-owned playlists are not to be pushed outward.",
  ],
};
