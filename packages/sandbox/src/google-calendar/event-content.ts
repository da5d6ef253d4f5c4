import { invalid, refusal, required } from "./errors.ts";
import type { Attendee, EventContent, ExtendedProperties, Reminders } from "./event-model.ts";

type Body = Readonly<Record<string, unknown>>;

const TEXTS = ["summary", "description", "location", "colorId", "eventLabelId"];
const FLAGS = [
  "guestsCanModify",
  "guestsCanInviteOthers",
  "guestsCanSeeOtherGuests",
  "anyoneCanAddSelf",
  "endTimeUnspecified",
];
const OBJECTS = [
  "conferenceData",
  "focusTimeProperties",
  "outOfOfficeProperties",
  "workingLocationProperties",
  "birthdayProperties",
];

/** The fields of an event that Google keeps as they are, checked. What is null, empty or the default is left out. */
export function readContent(body: Body): EventContent {
  const content: Record<string, unknown> = {};
  for (const name of TEXTS) copy(body, content, name, "string");
  for (const name of FLAGS) copy(body, content, name, "boolean");
  for (const name of OBJECTS) copy(body, content, name, "object");
  for (const name of TEXTS) if (content[name] === "") delete content[name];
  const visibility = oneOf(body, "visibility", ["default", "public", "private", "confidential"]);
  if (visibility !== undefined && visibility !== "default") content.visibility = visibility;
  const transparency = oneOf(body, "transparency", ["opaque", "transparent"]);
  if (transparency === "transparent") content.transparency = transparency;
  const attendees = listOf(body, "attendees").map(readAttendee);
  if (attendees.length > 0) content.attendees = attendees;
  const attachments = readAttachments(body);
  if (attachments.length > 0) content.attachments = attachments;
  const properties = readProperties(body.extendedProperties);
  if (properties !== undefined) content.extendedProperties = properties;
  if (given(body.source)) content.source = readSource(body.source);
  return content;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function copy(body: Body, into: Record<string, unknown>, name: string, type: "string" | "boolean" | "object"): void {
  const value = body[name];
  if (!given(value)) return;
  if (typeof value !== type) throw invalid(`Invalid value for: ${name}`);
  into[name] = value;
}

function oneOf<const T extends string>(body: Body, name: string, words: readonly T[]): T | undefined {
  const value = body[name];
  if (!given(value)) return undefined;
  const known = words.find((word) => word === value);
  if (known === undefined) throw invalid(`Invalid value for: ${name}`);
  return known;
}

function listOf(body: Body, name: string): readonly Body[] {
  const value = body[name];
  if (!given(value)) return [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "object" && entry !== null))
    throw invalid(`Invalid value for: ${name}`);
  return value;
}

function readAttendee(body: Body): Attendee {
  const { email } = body;
  if (typeof email !== "string" || email === "") throw required("Missing attendee email.");
  if (!/^[^\s@<>,]+@[^\s@<>,]+$/.test(email)) throw invalid("Invalid attendee email.");
  const responses = ["needsAction", "declined", "tentative", "accepted"] as const;
  const rest: Record<string, unknown> = {};
  for (const name of ["displayName", "comment"]) copy(body, rest, name, "string");
  for (const name of ["optional", "resource"]) if (body[name] === true) rest[name] = true;
  if (typeof body.additionalGuests === "number") rest.additionalGuests = body.additionalGuests;
  return {
    ...(rest as Partial<Attendee>),
    email: email.toLowerCase(),
    responseStatus: oneOf(body, "responseStatus", responses) ?? "needsAction",
  };
}

function readAttachments(body: Body): readonly Body[] {
  const attachments = listOf(body, "attachments");
  if (attachments.length > 25) throw invalid("Too many attachments.");
  if (!attachments.every(({ fileUrl }) => typeof fileUrl === "string" && fileUrl !== ""))
    throw required("Missing attachment fileUrl.");
  return attachments;
}

function readSource(value: unknown): Body {
  const source = memberOf({ source: value }, "source") ?? {};
  if (!/^https?:/.test(String(source.url))) throw invalid("Invalid source URL.");
  return source;
}

/** A member that is an object, if it is there at all. */
function memberOf(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (!given(value)) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(`Invalid value for: ${name}`);
  return value as Body;
}

/** Names up to 44 characters, values up to 1,024, 300 of them and 32 kB in one event. */
function readProperties(value: unknown): ExtendedProperties | undefined {
  if (!given(value)) return undefined;
  const properties = memberOf({ extendedProperties: value }, "extendedProperties") ?? {};
  const read: Record<string, Record<string, string>> = {};
  for (const half of ["private", "shared"]) {
    const entries = Object.entries(memberOf(properties, half) ?? {}).filter(([, text]) => text !== null);
    if (!entries.every((entry): entry is [string, string] => typeof entry[1] === "string"))
      throw invalid("Invalid extended property value.");
    if (entries.some(([key, text]) => key.length > 44 || text.length > 1_024))
      throw invalid("Extended property key or value is too long.");
    if (entries.length > 0) read[half] = Object.fromEntries(entries);
  }
  const all = Object.values(read).flatMap((entries) => Object.entries(entries));
  const size = all.reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  if (all.length > 300 || size > 32_768) throw invalid("Too many extended properties.");
  return all.length === 0 ? undefined : read;
}

/** A user's reminders; absent means the calendar's defaults. */
export function readReminders(value: unknown): Reminders {
  const reminders = memberOf({ reminders: value }, "reminders");
  if (reminders === undefined) return { useDefault: true };
  const overrides = listOf(reminders, "overrides");
  const useDefault = reminders.useDefault === true;
  if (useDefault && overrides.length > 0)
    throw refusal(400, {
      domain: "calendar",
      reason: "cannotUseDefaultRemindersAndSpecifyOverride",
      message: "Cannot specify both default reminders and overrides at the same time.",
    });
  if (overrides.length > 5) throw invalid("Too many reminder overrides.");
  const read = overrides.map(({ method, minutes }) => {
    if (method !== "popup" && method !== "email") throw invalid("Invalid reminder method.");
    if (typeof minutes !== "number" || !Number.isInteger(minutes) || minutes < 0 || minutes > 40_320)
      throw invalid("Invalid reminder minutes.");
    return { method, minutes };
  });
  return { useDefault, ...(read.length === 0 ? {} : { overrides: read }) };
}
