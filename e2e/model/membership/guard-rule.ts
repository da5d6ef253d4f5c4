import { bothSides, otherThan, type SideIndex } from "./side.ts";

const DAY_MS = 24 * 60 * 60_000;
/** A person removes a few at a time: up to four are never held, nor up to a fifth of what is linked. */
const FEW = 4;
const FIFTH = 0.2;

/** Whether so many removals are more than goes without a confirmation. */
export function isMass(removals: number, links: number): boolean {
  return removals > FEW && removals > FIFTH * links;
}

/** What was removed from one side, for the guard that looks at a day. */
export class Removals {
  #list: { readonly atMs: number; readonly id: string; readonly confirmed: boolean }[] = [];

  record(atMs: number, id: string, confirmed: boolean): void {
    this.#list.push({ atMs, id, confirmed });
  }

  /** At least so many were made in the last day without anybody's confirmation. */
  least(nowMs: number): number {
    return count(this.#list.filter(({ atMs, confirmed }) => !confirmed && atMs > nowMs - DAY_MS));
  }

  /** At most so many may be counted for the last day. */
  most(nowMs: number): number {
    this.#list = this.#list.filter(({ atMs }) => atMs >= nowMs - DAY_MS);
    return count(this.#list);
  }
}

/** The same entry taken away twice counts once. */
function count(removals: readonly { readonly id: string }[]): number {
  return new Set(removals.map(({ id }) => id)).size;
}

/** Bounds of what a run was about to conclude from absence, of what was removed lately, and of the links. */
export class GuardBounds {
  /** Removals that it must have meant, from each side. */
  readonly removing: [number, number] = [0, 0];
  /** Entries that it may have missed on each side, whatever follows from that. */
  readonly missing: [number, number] = [0, 0];
  fewestLinks = 0;
  mostLinks = 0;
  readonly #least: readonly [number, number];
  readonly #most: readonly [number, number];

  /** @param removals by side, of the day before */
  constructor(removals: readonly [Removals, Removals], nowMs: number) {
    this.#least = [removals[0].least(nowMs), removals[1].least(nowMs)];
    this.#most = [removals[0].most(nowMs), removals[1].most(nowMs)];
  }

  /** So many removals are too many, whatever else there is. */
  get mustHold(): boolean {
    return bothSides.some((from) => {
      const lately = this.#least[from];
      return this.removing[from] > 0 && isMass(this.removing[from] + lately, this.mostLinks + lately);
    });
  }

  /** What is missing may be too much. */
  get mayHold(): boolean {
    return bothSides.some((on) => {
      const lately = this.#most[otherThan(on)];
      return this.missing[on] > 0 && isMass(this.missing[on] + lately, this.fewestLinks + lately);
    });
  }

  /** Most removals from a side that any run may have come to, over a day, without being asked. */
  allows(removedInADay: number, from: SideIndex): boolean {
    return !isMass(removedInADay, this.mostLinks + this.#least[from]);
  }

  describe(): string {
    return [
      `${this.missing.join("+")} may be missing`,
      `${this.removing.join("+")} to be removed`,
      `${this.#least.join("+")} to ${this.#most.join("+")} removed lately`,
      `${this.fewestLinks} to ${this.mostLinks} links`,
    ].join(", ");
  }
}
