import { createHash } from "node:crypto";

/** What histories consisted of, and a digest by which two explorations are known to be the same. */
export class Tally {
  steps = 0;
  runs = 0;
  readonly outcomes = new Map<string, number>();
  readonly #hash = createHash("sha256");

  /** @param detail what tells two steps of the same outcome apart; counts in the digest only */
  step(command: string, outcome: string, detail = ""): void {
    this.steps++;
    const name = outcome === "" ? command : `${command} → ${outcome}`;
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
    this.#hash.update(`${name} ${detail}\n`);
  }

  /** Of everything so far; more may follow. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
