import { type PatchField, patchFieldNames, sameValue, type UniversalEvent } from "@syncer/calendar";
import { writeWhen } from "./google-when.ts";
import { writeDescription } from "./html-description.ts";

/** Part of an Events resource, as it is sent. */
export type EventBody = Readonly<Record<string, unknown>>;

/** The fields of an event, or of one instance, that are written; absent ones stay as they are. */
export type WrittenFields = Partial<Pick<UniversalEvent, PatchField>>;

/** The fields that are known after, and were not the same before. */
export function changedFields(before: WrittenFields, after: WrittenFields): readonly PatchField[] {
  return patchFieldNames.filter((field) => after[field] !== undefined && !sameValue(before[field], after[field]));
}

/**
 * These fields in Google's form. Nobody is ever invited by it, and what Google alone makes (conferences) or means otherwise
 * (colours) is left as it is.
 * @param event in the form of `heldByGoogle`
 */
export function bodyOf(event: WrittenFields, fields: readonly PatchField[]): EventBody {
  const has = new Set(fields);
  const { title, description, location, when, status, privacy, freeBusyStatus, reminders } = event;
  return {
    ...(has.has("title") && title !== undefined && { summary: title }),
    ...(has.has("description") && description !== undefined && { description: writeDescription(description) }),
    ...(has.has("location") && location !== undefined && { location }),
    ...(has.has("when") && when && writeWhen(when)),
    ...(has.has("status") && status && { status }),
    ...(has.has("privacy") && privacy && { visibility: VISIBILITIES[privacy] }),
    ...(has.has("freeBusyStatus") &&
      freeBusyStatus && { transparency: freeBusyStatus === "free" ? "transparent" : "opaque" }),
    ...(has.has("reminders") && reminders && { reminders: remindersBody(reminders) }),
  };
}

const VISIBILITIES = { default: "default", public: "public", private: "private", secret: "confidential" } as const;

function remindersBody(reminders: NonNullable<UniversalEvent["reminders"]>): EventBody {
  const overrides = reminders.map(({ minutes, action }) => ({
    method: action === "email" ? "email" : "popup",
    minutes,
  }));
  return { useDefault: false, overrides };
}

/** The body without what it takes away: of a new event there is nothing. */
export function withoutNulls(body: EventBody): EventBody {
  const entries = Object.entries(body).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isObject(value) ? withoutNulls(value) : value] as const),
  );
}

function isObject(value: unknown): value is EventBody {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
