/** Lets work on the same thing go on one after another within a process. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits for its turn. @returns what ends it */
  async take(name: string): Promise<() => void> {
    const before = this.#last.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    const mine = (before ?? Promise.resolve()).then(() => promise);
    this.#last.set(name, mine);
    await before;
    return () => {
      resolve();
      if (this.#last.get(name) === mine) this.#last.delete(name);
    };
  }
}
