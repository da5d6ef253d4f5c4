import type { DataPolicy } from "@syncer/core";

/** Google API Services User Data Policy, Limited Use included, and the Calendar API's terms, as far as they touch a sync. */
export const googleCalendarDataPolicy: DataPolicy = {
  readOn: "2026-11-22",
  termsUrl: "https://developers.google.com/terms/api-services-user-data-policy",
  idsMayBeKept: "while-connected",
  attribution: "None is asked for; say in your privacy policy which data are read and written, and why.",
  commercialUse: "allowed",
  newApplications:
    "The scopes of calendars are sensitive: a public application is verified by Google. Until then users see a warning and there may be no more than 100 of them; while the publishing status is Testing, connections end after 7 days.",
  notes: [
    "Limited Use: data serve only what the user sees and asked for; no advertising, no sale, no training of general models, no human reads them without consent.",
    "Below 1,000,000 requests a day and project nothing is charged.",
    "Events have guests, who have not agreed to anything: they are shown and never copied.",
  ],
};
