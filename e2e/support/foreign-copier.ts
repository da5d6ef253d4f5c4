import { readEvent } from "@syncer/calendar";
import { type Calendar, textsIn } from "./calendar-world.ts";

/** What a copier makes of what it copies. */
export interface CopierHabits {
  /** `same`: the UID is kept, and what is there under it is left alone. `new`: each copy has a UID of its own. */
  readonly uids: "same" | "new";
  /** Whether lines that nobody has told it about (`X-…`) are copied. */
  readonly unknownLines: "kept" | "stripped";
}

/**
 * Another program that copies one calendar to another of the user's. It knows its own copies by what it has written down, follows
 * edits and deletions of their originals, and knows nothing of anybody else who copies.
 */
export class ForeignCopier {
  readonly #from: Calendar;
  readonly #to: Calendar;
  readonly #habits: CopierHabits;
  /** By id of the original: the copy, and what the original said. */
  readonly #copies = new Map<string, { readonly name: string; readonly text: string }>();

  constructor(from: Calendar, to: Calendar, habits: CopierHabits) {
    this.#from = from;
    this.#to = to;
    this.#habits = habits;
  }

  /** @returns how many requests wrote */
  async run(): Promise<number> {
    const originals = await textsIn(this.#from);
    const there = new Set([...(await textsIn(this.#to)).values()].map((text) => readEvent(text).uid));
    let writes = 0;
    for (const [id, text] of originals) {
      const copy = this.#copies.get(id);
      if (copy?.text === text) continue;
      if (!copy && this.#habits.uids === "same" && there.has(readEvent(text).uid)) continue;
      const name = copy?.name ?? `foreign ${this.#copies.size + 1} ${crypto.randomUUID()}`;
      await this.#to.person.putText(name, this.#copied(text, name));
      this.#copies.set(id, { name, text });
      writes += 1;
    }
    for (const [id, { name }] of [...this.#copies]) {
      if (originals.has(id)) continue;
      if ((await this.#to.person.ids()).includes(encodeURIComponent(name))) {
        await this.#to.person.remove(encodeURIComponent(name));
        writes += 1;
      }
      this.#copies.delete(id);
    }
    return writes;
  }

  /** Ids of what it has made, and that is still there. */
  ownIds(): readonly string[] {
    return [...this.#copies.values()].map(({ name }) => encodeURIComponent(name));
  }

  #copied(text: string, name: string): string {
    const { uids, unknownLines } = this.#habits;
    const unfolded = text.replace(/\r\n[ \t]/g, "");
    const renamed = uids === "same" ? unfolded : unfolded.replace(/^UID:.*$/gm, `UID:${name.replaceAll(" ", "-")}`);
    return unknownLines === "kept" ? renamed : renamed.replace(/^X-[^\r\n]*\r\n/gm, "");
  }
}
