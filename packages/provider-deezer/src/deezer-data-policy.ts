import type { DataPolicy } from "@syncer/core";

/** Deezer's developer terms as far as they touch a sync, read through dated quotations (the portal needs a login). */
export const deezerDataPolicy: DataPolicy = {
  readOn: "2026-11-22",
  termsUrl: "https://developers.deezer.com/termsofuse",
  idsMayBeKept: "unclear",
  attribution: "Show the Deezer logo visibly wherever content is displayed.",
  commercialUse: "forbidden",
  newApplications:
    "None: Deezer has registered no new applications since 2024. Existing ones work; some have been disabled without notice.",
  notes: ["Non-commercial use only (Art. IV).", "No caching or storing of content.", "Access may end without notice."],
};
