export type { GoogleCalendarOptions } from "./google-calendar-options.ts";
export { type GoogleCalendarProvider, googleCalendar } from "./google-calendar-provider.ts";
export { googleCalendarDataPolicy } from "./google-data-policy.ts";
export type { GoogleEvent } from "./google-event.ts";
export type { GoogleLoss } from "./held-by-google.ts";
