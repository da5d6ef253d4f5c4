/**
 * A list in which entries come and go beside fixed places, and that knows how many stand before each: a Fenwick tree
 * ("A new data structure for cumulative frequency tables", 1994), so that each question and change takes log n steps.
 */
export class CountedPlaces {
  readonly #sums: Int32Array;

  /** @param places how many there are; nothing stands at them yet */
  constructor(places: number) {
    this.#sums = new Int32Array(places + 1);
  }

  /** Changes how many entries stand at a place (from 0). */
  add(place: number, entries: number): void {
    for (let at = place + 1; at < this.#sums.length; at += at & -at) this.#sums[at] = (this.#sums[at] ?? 0) + entries;
  }

  /** How many entries stand at all places before one. */
  before(place: number): number {
    let sum = 0;
    for (let at = place; at > 0; at -= at & -at) sum += this.#sums[at] ?? 0;
    return sum;
  }
}
