import type { DataPolicy } from "@syncer/core";

/** CalDAV is an open standard; whose terms hold depends on whose server it is. */
export const caldavDataPolicy: DataPolicy = {
  readOn: "2026-11-22",
  termsUrl: "https://www.rfc-editor.org/rfc/rfc4791",
  idsMayBeKept: "while-connected",
  attribution: "None is asked for by the standard.",
  commercialUse: "allowed",
  newApplications: "Nothing to register: users make a password for applications, where their provider has such.",
  notes: [
    "Terms are those of the provider that each user names (iCloud, Fastmail, Nextcloud of a company, a server at home).",
    "Calendars hold personal data of third parties: who is invited is shown, and never written.",
  ],
};
