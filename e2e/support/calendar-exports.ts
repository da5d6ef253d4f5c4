import { readFileSync } from "node:fs";

/** One calendar object of an export, as a program that imports it puts it on a server. */
export interface ExportedObject {
  readonly uid: string;
  /** Lines ended by CRLF. */
  readonly text: string;
}

export type ExportName = "google" | "outlook" | "apple" | "thunderbird";

/** What an export holds: one object for each UID, each with everything that the export says of itself, and all of its zones. */
export function exportedObjects(name: ExportName): readonly ExportedObject[] {
  const url = new URL(`../calendars/exports/${name}.ics`, import.meta.url);
  const lines = readFileSync(url, "utf8").trimEnd().split(/\r?\n/).slice(1, -1);
  const [shared, components] = [[] as string[], [] as string[][]];
  let depth = 0;
  for (const line of lines) {
    if (line.startsWith("BEGIN:")) {
      depth += 1;
      if (depth === 1) components.push([]);
    }
    (depth === 0 ? shared : components.at(-1))?.push(line);
    if (line.startsWith("END:")) depth -= 1;
  }
  const isZone = ([first]: readonly string[]) => first === "BEGIN:VTIMEZONE";
  const head = [...shared, ...components.filter(isZone).flat()];
  const byUid = Map.groupBy(
    components.filter((component) => !isZone(component)),
    (component) => unfolded(component.join("\r\n")).find((line) => line.startsWith("UID:")) ?? "",
  );
  return [...byUid].map(([uid, own]) => ({
    uid: uid.slice("UID:".length),
    text: ["BEGIN:VCALENDAR", ...head, ...own.flat(), "END:VCALENDAR", ""].join("\r\n"),
  }));
}

/** Lines as they are meant (RFC 5545 §3.1). */
function unfolded(text: string): string[] {
  return text
    .replace(/\r\n[ \t]/g, "")
    .split("\r\n")
    .filter((line) => line !== "");
}

/** A line and where it stands: `VEVENT` is the series or a single event, `VEVENT 20261215T090000` one instance of a series. */
export interface PlacedLine {
  readonly place: string;
  readonly line: string;
}

/** All lines of a calendar object in their order, unfolded. */
export function placedLines(text: string): readonly PlacedLine[] {
  const stack: { label: string; readonly placed: { place: string; line: string }[] }[] = [];
  const all: PlacedLine[] = [];
  for (const line of unfolded(text)) {
    if (line.startsWith("BEGIN:")) stack.push({ label: line.slice("BEGIN:".length), placed: [] });
    const placed = { place: stack.map(({ label }) => label).join("/"), line };
    all.push(placed);
    const [, event] = stack;
    event?.placed.push(placed);
    const original = /^RECURRENCE-ID[^:]*:(.*)$/.exec(line)?.[1];
    if (original !== undefined && event) {
      const label = `${event.label} ${original}`;
      // Those before it stand there too.
      for (const each of event.placed) each.place = each.place.replace(event.label, label);
      event.label = label;
    }
    if (line.startsWith("END:")) stack.pop();
  }
  return all.map(({ place, line }) => ({ place: place.replace("VCALENDAR/", ""), line }));
}

export function nameOf({ line }: PlacedLine): string {
  return /^[^:;]*/.exec(line)?.[0] ?? "";
}
