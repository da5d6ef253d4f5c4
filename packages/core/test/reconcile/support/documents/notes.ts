import type { SideLetter } from "../../../../src/reconcile/index.ts";

/** A document of two fields. What is deleted never comes back under the same name; what is new has a name of its own. */
export type Note = readonly [first: number, second: number];

/** A moment at a service's clock; `undefined` where the service does not tell. */
export type Time = number | undefined;

export interface Kept {
  readonly id: string;
  readonly note: Note;
  readonly at: Time;
}

export type NoteEdit =
  | { readonly do: "add"; readonly name: number; readonly a?: Note; readonly b?: Note; readonly at: Time }
  | { readonly do: "edit"; readonly name: number; readonly on: SideLetter; readonly note: Note; readonly at: Time }
  | { readonly do: "delete"; readonly name: number; readonly on: SideLetter; readonly at: Time }
  /** A person decides a conflict that is on record. */
  | { readonly do: "decide"; readonly name: number; readonly on: SideLetter };

/** Two services that keep notes by name. */
export class Notes {
  readonly a = new Map<number, Kept>();
  readonly b = new Map<number, Kept>();
  readonly #deletedAt = { a: new Map<number, Time>(), b: new Map<number, Time>() };
  readonly #used = new Set<number>();
  #made = 0;

  edit(edit: Exclude<NoteEdit, { readonly do: "decide" }>): void {
    const { name, at } = edit;
    if (edit.do === "add") {
      if (this.#used.has(name)) return;
      this.#used.add(name);
      if (edit.a) this.write("a", name, edit.a, at);
      if (edit.b) this.write("b", name, edit.b, at);
    } else if (edit.do === "edit") {
      if (this[edit.on].has(name)) this.write(edit.on, name, edit.note, at);
    } else {
      this.delete(edit.on, name, at);
    }
  }

  /** A note that is made gets a new id. */
  write(side: SideLetter, name: number, note: Note, at: Time): void {
    const id = this[side].get(name)?.id ?? `${side}${name}.${this.#made++}`;
    this[side].set(name, { id, note, at });
  }

  delete(side: SideLetter, name: number, at: Time): void {
    if (this[side].delete(name)) this.#deletedAt[side].set(name, at);
  }

  timeOf(side: SideLetter, name: number): Time {
    const kept = this[side].get(name);
    return kept ? kept.at : this.#deletedAt[side].get(name);
  }
}

export function nameOf(id: string): number {
  return Number(id.slice(1, id.indexOf(".")));
}

export function sameNote(left: Note | undefined, right: Note | undefined): boolean {
  return left?.[0] === right?.[0] && left?.[1] === right?.[1];
}
