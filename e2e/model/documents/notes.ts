import type { Note } from "@syncer/testkit";

export type Field = "title" | "body" | "done" | "tags" | "lines";
export const everyField: readonly Field[] = ["title", "body", "done", "tags", "lines"];

/** Two services; the first of them is the pair's source. */
export type Place = 0 | 1;
export const places: readonly Place[] = [0, 1];
export function otherPlace(place: Place): Place {
  return place === 0 ? 1 : 0;
}

/** A word that is in every text that a person writes, and in no hash. */
export const BIRD = "zaunkoenig";

export function titleOf(serial: number, edit: number): string {
  return `${BIRD}-s${serial}-e${edit}`;
}

/** @param loud in a form that some services do not keep as it is */
export function textOf(serial: number, edit: number, loud: boolean): string {
  const text = `${BIRD}-s${serial}-text-e${edit}`;
  return loud ? `${text}-LOUD` : text;
}

/** Which note it is: every title tells, and only the model looks. */
export function serialOf({ title = "" }: Note): number {
  const serial = /-s(\d+)-/.exec(title)?.[1];
  if (serial === undefined) throw new RangeError("a note without a serial number");
  return Number(serial);
}

/** What a service makes of a text that keeps none of its capitals. */
export function quietly(note: Note): Note {
  const { body, lines } = note;
  return {
    ...note,
    ...(body === undefined ? {} : { body: body.toLowerCase() }),
    ...(lines === undefined ? {} : { lines: lines.map((line) => line.toLowerCase()) }),
  };
}

/** A note as a comparison sees it: a text for each field that both services hold. */
export type Form = Readonly<Record<Field, string>>;

/** Notes in the form in which they are compared. Fields that one service does not hold are the same in all of them. */
export class Forms {
  readonly fields: readonly Field[];
  readonly #known = new WeakMap<Note, Form>();

  constructor(fields: readonly Field[]) {
    this.fields = fields;
  }

  of(note: Note): Form {
    const known = this.#known.get(note);
    if (known) return known;
    const text = (field: Field) => (this.fields.includes(field) ? this.#text(note, field) : "");
    const form = {
      title: text("title"),
      body: text("body"),
      done: text("done"),
      tags: text("tags"),
      lines: text("lines"),
    };
    this.#known.set(note, form);
    return form;
  }

  #text(note: Note, field: Field): string {
    if (field === "tags") return setText(note.tags ?? []);
    return JSON.stringify(note[field] ?? (field === "done" ? null : field === "lines" ? [] : ""));
  }
}

/** A set as text: in one order, each element once. */
export function setText(elements: Iterable<string>): string {
  return JSON.stringify([...new Set(elements)].sort());
}

export function elementsOf(text: string): ReadonlySet<string> {
  const elements: unknown = JSON.parse(text === "" ? "[]" : text);
  return new Set(Array.isArray(elements) ? elements.map(String) : []);
}

/** Exactly the same. */
export function same(left: Form | undefined, right: Form | undefined): boolean {
  if (!left || !right) return left === right;
  return everyField.every((field) => left[field] === right[field]);
}

/** The same but for what a service makes of the form of a text. */
export function alike(left: Form | undefined, right: Form | undefined): boolean {
  if (!left || !right) return left === right;
  return everyField.every((field) => alikeText(left[field], right[field]));
}

export function alikeText(left: string, right: string): boolean {
  return left === right || left.toLowerCase() === right.toLowerCase();
}

export function describe(form: Form | undefined): string {
  if (!form) return "absent";
  return everyField.map((field) => form[field].replaceAll(`${BIRD}-`, "")).join(" ");
}
