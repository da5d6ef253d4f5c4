import { writeReminders } from "./alarms.ts";
import { addLines, type Component, lineOf, linesOf, removeLines, setLine, setLines } from "./component.ts";
import { type ContentLine, decodeText, encodeText, makeLine } from "./content-line.ts";
import { CONFERENCE_NAMES, conferenceLine, type Details } from "./read-details.ts";

/** What could not be written as it was meant, and how it was written. */
export type WriteLoss =
  /** A mail cannot be asked for without an address: a display was asked for. */
  | "reminder.email"
  /** No CSS3 name, which RFC 7986 asks for: not written. */
  | "color.not-a-name"
  /** Not one word, so no address: not written. */
  | "url.malformed"
  | "conference.malformed";

/** Writes the fields that are given; the lines of all others stay as they are. */
export function writeDetails(component: Component, details: Partial<Details>, losses: Set<WriteLoss>): void {
  const { title, description, location, status, privacy, freeBusyStatus, reminders, categories, priority } = details;
  if (title !== undefined) setText(component, "SUMMARY", title);
  if (description !== undefined) writeDescription(component, description);
  if (location !== undefined) writeLocation(component, location);
  if (status !== undefined) setLine(component, makeLine("STATUS", status.toUpperCase()));
  if (privacy !== undefined) setToken(component, "CLASS", CLASSES[privacy]);
  if (freeBusyStatus !== undefined) writeFreeBusy(component, freeBusyStatus);
  if (categories !== undefined) writeCategories(component, categories);
  if (priority !== undefined) setToken(component, "PRIORITY", priority === 0 ? undefined : String(priority));
  if (details.color !== undefined) writeColor(component, details.color, losses);
  if (details.url !== undefined) writeUrl(component, details.url, losses);
  if (details.conference !== undefined) writeConference(component, details.conference, losses);
  if (reminders !== undefined) {
    writeReminders(component, reminders, decodeText(lineOf(component, "SUMMARY")?.value ?? ""));
    if (reminders.some(({ action }) => action === "email")) losses.add("reminder.email");
  }
}

const CLASSES = { default: undefined, public: "PUBLIC", private: "PRIVATE", secret: "CONFIDENTIAL" } as const;

/** The language of a text stays; another form of it (ALTREP) does not, it would say something else. */
function setText(component: Component, name: string, text: string): void {
  const old = lineOf(component, name);
  const params = new Map([...(old?.params ?? [])].filter(([key]) => key !== "ALTREP"));
  if (text === "") removeLines(component, name);
  else setLine(component, makeLine(name, encodeText(text), params));
}

function setToken(component: Component, name: string, value: string | undefined): void {
  if (value === undefined) removeLines(component, name);
  else setLine(component, makeLine(name, value));
}

function writeDescription(component: Component, description: string): void {
  setText(component, "DESCRIPTION", description);
  removeLines(component, "X-ALT-DESC");
}

/** The pin on a map belongs to the old place. */
function writeLocation(component: Component, location: string): void {
  setText(component, "LOCATION", location);
  removeLines(component, "GEO", "X-APPLE-STRUCTURED-LOCATION");
}

/** Outlook reads its own property first, where there is one. */
function writeFreeBusy(component: Component, status: Details["freeBusyStatus"]): void {
  setLine(component, makeLine("TRANSP", status === "free" ? "TRANSPARENT" : "OPAQUE"));
  if (lineOf(component, "X-MICROSOFT-CDO-BUSYSTATUS")) {
    setLine(component, makeLine("X-MICROSOFT-CDO-BUSYSTATUS", status.toUpperCase()));
  }
}

function writeCategories(component: Component, categories: readonly string[]): void {
  const line = makeLine("CATEGORIES", categories.map(encodeText).join());
  setLines(component, "CATEGORIES", categories.length === 0 ? [] : [line]);
}

function writeColor(component: Component, color: string | null, losses: Set<WriteLoss>): void {
  if (color !== null && !/^[A-Za-z]+$/.test(color)) losses.add("color.not-a-name");
  else setToken(component, "COLOR", color?.toLowerCase());
}

const isOneWord = (address: string) => /^[^\s\p{Cc}]+$/u.test(address);

function writeUrl(component: Component, url: string | null, losses: Set<WriteLoss>): void {
  if (url !== null && !isOneWord(url)) losses.add("url.malformed");
  else setToken(component, "URL", url ?? undefined);
}

/** The line that was read gets the new address, under its own name; addresses elsewhere would lead to the old place. */
function writeConference(component: Component, address: string | null, losses: Set<WriteLoss>): void {
  if (address !== null && !isOneWord(address)) {
    losses.add("conference.malformed");
    return;
  }
  const old = conferenceLine(component);
  const next = address === null ? undefined : conferenceOf(address, old);
  for (const name of CONFERENCE_NAMES) {
    const lines = linesOf(component, name).flatMap((line) =>
      line === old ? (next ?? []) : isDialIn(line) ? line : [],
    );
    setLines(component, name, next === undefined ? [] : lines);
  }
  if (!old && next) addLines(component, [next]);
}

function isDialIn({ value }: ContentLine): boolean {
  return /^(tel|sip):/i.test(value.trim());
}

function conferenceOf(address: string, old: ContentLine | undefined): ContentLine {
  if (old) return makeLine(old.name, address, old.params);
  return makeLine(
    "CONFERENCE",
    address,
    new Map([
      ["VALUE", ["URI"]],
      ["FEATURE", ["VIDEO"]],
    ]),
  );
}
