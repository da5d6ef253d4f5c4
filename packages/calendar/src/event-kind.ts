import { defineDocumentKind } from "@syncer/core";
import { eventRules } from "./rules/index.ts";
import { type UniversalEvent, universalEventSchema } from "./universal-event.ts";
import { startInstantOf } from "./when/index.ts";

/**
 * Events are the same thing where their UID is; else where title, start, length, and whether they recur are equal. One whose title
 * is not shown is like no other.
 */
export const eventKind = defineDocumentKind<UniversalEvent>({
  name: "event",
  schema: universalEventSchema,
  fields: {
    uid: "identity",
    title: "value",
    description: "value",
    location: "value",
    when: "value",
    recurrence: "value",
    overrides: "patches",
    status: "value",
    privacy: "value",
    freeBusyStatus: "value",
    reminders: "set",
    categories: "set",
    color: "value",
    conference: "value",
    url: "value",
    priority: "value",
    attendees: "shown",
    organizer: "shown",
    myResponse: "shown",
    eventType: "shown",
    sequence: "shown",
  },
  blank: { priority: 0 },
  patchesRestOn: ["when", "recurrence"],
  globalId: ({ uid }) => uid,
  matchKey: ({ title, when, recurrence, overrides }) => {
    if (title === undefined) return undefined;
    const recurs = recurrence !== null || Object.values(overrides).some((each) => "added" in each);
    const name = title.normalize("NFC").trim().replace(/\s+/g, " ");
    return JSON.stringify([name, startInstantOf(when) ?? when.start, when.duration, recurs]);
  },
  rules: eventRules,
});
