import { otherPlace, type Place, places } from "./notes.ts";
import type { Both, Fate } from "./table.ts";

const DAY_MS = 24 * 60 * 60_000;

/** More than a person deletes in a day. */
export function isMass(missing: number, lately: number, links: number): boolean {
  const all = missing + lately;
  return missing > 0 && all > 4 && all > 0.2 * (links + lately);
}

interface Removal {
  readonly atMs: number;
  readonly id: string;
  readonly how: "done" | "confirmed" | "tried";
}

/** What was deleted from one side. */
export class Removals {
  #list: Removal[] = [];

  /** @param how `tried`: nobody knows whether it was done, or it was begun and not done */
  record(atMs: number, id: string, how: Removal["how"]): void {
    this.#list.push({ atMs, id, how });
  }

  /** Deleted within a day, with or without a confirmation. */
  least(nowMs: number): number {
    return this.#count(({ atMs, how }) => how !== "tried" && atMs > nowMs - DAY_MS);
  }

  unconfirmed(nowMs: number): number {
    return this.#count(({ atMs, how }) => how === "done" && atMs > nowMs - DAY_MS);
  }

  /** At most so many may be counted. */
  most(nowMs: number): number {
    this.#list = this.#list.filter(({ atMs }) => atMs >= nowMs - DAY_MS);
    return this.#count(() => true);
  }

  #count(counts: (removal: Removal) => boolean): number {
    return new Set(this.#list.filter(counts).map(({ id }) => id)).size;
  }
}

export interface Earlier {
  readonly least: number;
  readonly most: number;
}

/** At least and at most. */
class Range {
  least = 0;
  most = 0;

  add(least: number, most: number): void {
    this.least += least;
    this.most += most;
  }
}

/** What a run was about to conclude from absence and from change, and out of how many links. */
export class GuardView {
  readonly #first: Place;
  readonly #links = new Range();
  readonly #missing: Both<Range> = [new Range(), new Range()];
  readonly #changed: Both<Range> = [new Range(), new Range()];
  /** Something would be decided at all. */
  readonly #decisions = new Range();
  readonly #updates = new Range();

  /** @param first the side that is read from first */
  constructor(first: Place) {
    this.#first = first;
  }

  /** @param changed whether it is linked, not in conflict, and another than was agreed on, by side */
  add(fate: Fate, isLinked: boolean, changed: Both<boolean>): void {
    const linked = isLinked ? 1 : 0;
    this.#links.add(linked, linked);
    for (const place of places) {
      const missing = this.#missingOn(fate).includes(place) ? 1 : 0;
      this.#missing[place].add(missing, missing);
      const edited = changed[place] ? 1 : 0;
      this.#changed[place].add(edited, edited);
    }
    const decided = fate.action === "nothing" ? 0 : 1;
    this.#decisions.add(decided, decided);
    const updated = fate.action === "update" || fate.action === "merge" ? 1 : 0;
    this.#updates.add(updated, updated);
  }

  /** Nobody can say what the pair knows of it. */
  addClouded(): void {
    for (const range of [this.#links, ...this.#missing, ...this.#changed, this.#decisions, this.#updates])
      range.add(0, 1);
  }

  /**
   * Whether the run has to be held, and whether it may be.
   * @param empty sides that hold nothing
   * @param earlier deletions of the last day, from each side
   * @param tellsDeltas sides that tell what was deleted: a run may have been told so, one by one, or may have seen nothing listed
   */
  verdict(
    empty: Both<boolean>,
    earlier: Both<Earlier>,
    tellsDeltas: Both<boolean>,
  ): { readonly must: boolean; readonly may: boolean } {
    const { least: fewest, most } = this.#links;
    let [must, may] = [false, false];
    for (const place of places) {
      // What is missing on one side is deleted from the other.
      const lately = earlier[otherPlace(place)];
      const missing = this.#missing[place];
      must ||= isMass(missing.least, lately.least, most);
      may ||= isMass(missing.most, lately.most, fewest);
      must ||= empty[place] && !tellsDeltas[place] && fewest > 0 && this.#decisions.least > 0;
      may ||= empty[place] && most > 0 && this.#decisions.most > 0;
      const changed = this.#changed[place];
      may ||= most >= 20 && changed.most > 0.8 * fewest && this.#updates.most > 0;
    }
    return { must, may };
  }

  #missingOn({ action, on }: Fate): readonly Place[] {
    if (action === "remove") return on === undefined ? [] : [otherPlace(on)];
    if (action === "detach") return [this.#first];
    if (action === "suppress") return [otherPlace(this.#first)];
    return action === "drop" ? places : [];
  }
}
