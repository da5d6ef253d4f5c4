import { sameValue } from "../series/index.ts";
import type { UniversalEvent } from "../universal-event.ts";
import { type Component, lineOf, setLine } from "./component.ts";
import { makeLine } from "./content-line.ts";
import { type Details, readDetails } from "./read-details.ts";
import { compact } from "./times.ts";
import { type WriteLoss, writeDetails } from "./write-details.ts";
import { writeWhen } from "./write-when.ts";

/** The fields that are lines of one component. */
export type LineField = keyof Details | "when";

const LINE_FIELDS: readonly LineField[] = [
  "title",
  "description",
  "location",
  "when",
  "status",
  "privacy",
  "freeBusyStatus",
  "reminders",
  "categories",
  "color",
  "conference",
  "url",
  "priority",
];

const DETAILS = LINE_FIELDS.filter((field): field is keyof Details => field !== "when");

/** The fields that are known after, and were not the same before. */
export function changedFields(before: Partial<UniversalEvent>, after: Partial<UniversalEvent>): LineField[] {
  return LINE_FIELDS.filter((field) => after[field] !== undefined && !sameValue(before[field], after[field]));
}

/** Writes fields into components, and notes in those that were touched when that was. */
export class FieldWriter {
  readonly tzidOf: (zone: string) => string;
  readonly losses = new Set<WriteLoss>();
  readonly #nowMs: number;
  readonly #revision: "first" | "next";

  constructor(nowMs: number, tzidOf: (zone: string) => string, revision: "first" | "next" = "next") {
    this.#nowMs = nowMs;
    this.#revision = revision;
    this.tzidOf = tzidOf;
  }

  read(component: Component): Details {
    return readDetails(component);
  }

  /** @param stamp whether it is noted that the component was changed, if it was */
  write(component: Component, fields: Partial<Pick<UniversalEvent, LineField>>, stamp: boolean): void {
    const before = [...component.entries];
    const { when } = fields;
    const details: Partial<UniversalEvent> = Object.fromEntries(DETAILS.map((field) => [field, fields[field]]));
    if (when) writeWhen(component, when, this.tzidOf);
    const after = changedFields(readDetails(component), details);
    const changed = Object.fromEntries(after.map((field) => [field, Reflect.get(details, field)]));
    writeDetails(component, changed as Partial<Details>, this.losses);
    const isTouched =
      component.entries.length !== before.length || component.entries.some((entry, index) => entry !== before[index]);
    if (stamp && isTouched) this.stamp(component, when !== undefined);
  }

  /**
   * Notes that a component was changed (RFC 5545 §3.8.7).
   * @param isSignificant times or the rule are others: a new revision
   */
  stamp(component: Component, isSignificant: boolean): void {
    const now = `${compact(new Date(this.#nowMs).toISOString().slice(0, 19))}Z`;
    setLine(component, makeLine("DTSTAMP", now));
    setLine(component, makeLine("LAST-MODIFIED", now));
    if (!isSignificant || this.#revision === "first") return;
    const sequence = Number.parseInt(lineOf(component, "SEQUENCE")?.value ?? "0", 10);
    setLine(component, makeLine("SEQUENCE", String((Number.isSafeInteger(sequence) ? sequence : 0) + 1)));
  }
}
