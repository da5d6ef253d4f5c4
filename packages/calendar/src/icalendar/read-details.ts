import { sorted } from "../series/index.ts";
import type { EventPerson, UniversalEvent } from "../universal-event.ts";
import { remindersOf } from "./alarms.ts";
import { type Component, lineOf, linesOf } from "./component.ts";
import { type ContentLine, decodeText, decodeTextList, param } from "./content-line.ts";
import { plainTextOf } from "./plain-text.ts";

/** The fields of an event that say nothing of its times; each of them is known of every VEVENT. */
export type Details = Required<
  Pick<
    UniversalEvent,
    | "title"
    | "description"
    | "location"
    | "status"
    | "privacy"
    | "freeBusyStatus"
    | "reminders"
    | "categories"
    | "color"
    | "conference"
    | "url"
    | "priority"
  >
>;

export function readDetails(component: Component): Details {
  const value = (name: string) => lineOf(component, name)?.value.trim() ?? "";
  return {
    title: textOf(component, "SUMMARY"),
    description: descriptionOf(component),
    location: textOf(component, "LOCATION"),
    status: STATUSES[value("STATUS").toUpperCase()] ?? "confirmed",
    privacy: privacyOf(value("CLASS").toUpperCase()),
    freeBusyStatus: value("TRANSP").toUpperCase() === "TRANSPARENT" ? "free" : "busy",
    reminders: remindersOf(component),
    categories: categoriesOf(component),
    color: value("COLOR").toLowerCase() || null,
    conference: conferenceLine(component)?.value.trim() || null,
    url: value("URL") || null,
    priority: priorityOf(value("PRIORITY")),
  };
}

/** Who is invited: for people to look at. */
export function readPeople(component: Component): Pick<UniversalEvent, "attendees" | "organizer" | "sequence"> {
  const attendees = linesOf(component, "ATTENDEE").map(personOf);
  const organizer = lineOf(component, "ORGANIZER");
  const sequence = Number.parseInt(lineOf(component, "SEQUENCE")?.value ?? "", 10);
  return {
    ...(attendees.length > 0 && { attendees }),
    ...(organizer && { organizer: personOf(organizer) }),
    ...(Number.isSafeInteger(sequence) && { sequence }),
  };
}

const STATUSES: Readonly<Record<string, UniversalEvent["status"]>> = {
  CONFIRMED: "confirmed",
  TENTATIVE: "tentative",
  CANCELLED: "cancelled",
};

/** RFC 5545 §3.8.1.3: what is not known is to be treated as private. */
function privacyOf(value: string): UniversalEvent["privacy"] {
  if (value === "") return "default";
  return value === "PUBLIC" ? "public" : value === "CONFIDENTIAL" ? "secret" : "private";
}

function priorityOf(value: string): number {
  return /^[0-9]$/.test(value) ? Number(value) : 0;
}

function textOf(component: Component, name: string): string {
  return decodeText(lineOf(component, name)?.value ?? "");
}

function descriptionOf(component: Component): string {
  const plain = textOf(component, "DESCRIPTION");
  const html = lineOf(component, "X-ALT-DESC");
  if (plain.trim() !== "" || !html || param(html, "FMTTYPE")?.toLowerCase() !== "text/html") return plain;
  return plainTextOf(decodeText(html.value));
}

function categoriesOf(component: Component): string[] {
  const all = linesOf(component, "CATEGORIES").flatMap(({ value }) => decodeTextList(value));
  return sorted(all.map((each) => each.trim()).filter(Boolean));
}

/** Where the address to join under stands, the most official first: RFC 7986, Google, Microsoft. */
export const CONFERENCE_NAMES = ["CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL"] as const;

/** The line that says where to join by picture or sound; of dial-in numbers only where there is no other. */
export function conferenceLine(component: Component): ContentLine | undefined {
  const all = CONFERENCE_NAMES.flatMap((name) => linesOf(component, name)).filter(({ value }) => value.trim() !== "");
  return all.find(({ value }) => /^https?:/i.test(value.trim())) ?? all[0];
}

function personOf(line: ContentLine): EventPerson {
  const name = param(line, "CN");
  const response = RESPONSES[param(line, "PARTSTAT")?.toUpperCase() ?? ""];
  return {
    email: (param(line, "EMAIL") ?? line.value.trim()).replace(/^mailto:/i, ""),
    ...(name !== undefined && { name: decodeParam(name) }),
    ...(response && { response }),
  };
}

/** RFC 6868. */
function decodeParam(value: string): string {
  return value.replace(/\^(n|\^|')/g, (_, code: string) => (code === "n" ? "\n" : code === "^" ? "^" : '"'));
}

const RESPONSES: Readonly<Record<string, EventPerson["response"]>> = {
  "NEEDS-ACTION": "needs-action",
  ACCEPTED: "accepted",
  TENTATIVE: "tentative",
  DECLINED: "declined",
  DELEGATED: "delegated",
};
