import { allLists } from "./lists.ts";

/**
 * How many single edits (remove one, insert one, take one and put it elsewhere) lead from each list to each other, found by
 * trying them all. Lists on the way may be one entry longer than those asked for.
 */
export class EditDistances {
  readonly lists: readonly string[][];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #edits: readonly Int32Array[];

  constructor(tokens: readonly string[], maxLength: number) {
    const all = allLists(tokens, maxLength + 1);
    this.lists = all.filter(({ length }) => length <= maxLength);
    this.#numbers = new Map(all.map((list, number) => [list.join(), number]));
    this.#edits = all.map((list) => this.#editsOf(list, tokens));
  }

  #editsOf(list: readonly string[], tokens: readonly string[]): Int32Array {
    const without = list.map((_, at) => list.toSpliced(at, 1));
    const withOne = (shorter: readonly string[], token: string) =>
      [...shorter, ""].map((_, at) => shorter.toSpliced(at, 0, token));
    const moved = without.flatMap((shorter, at) => withOne(shorter, list[at]!));
    const inserted = tokens.flatMap((token) => withOne(list, token));
    const numbers = [...without, ...moved, ...inserted].flatMap((next) => this.#numbers.get(next.join()) ?? []);
    return Int32Array.from(new Set(numbers));
  }

  /** From one list to all of `lists`, by their numbers there. */
  from(start: number): Int32Array {
    const distances = new Int32Array(this.#edits.length).fill(-1);
    distances[start] = 0;
    for (const queue = [start]; queue.length > 0; ) {
      const found: number[] = [];
      for (const number of queue.splice(0)) {
        for (const next of this.#edits[number]!) {
          if (distances[next] !== -1) continue;
          distances[next] = distances[number]! + 1;
          found.push(next);
        }
      }
      queue.push(...found);
    }
    return distances;
  }
}
