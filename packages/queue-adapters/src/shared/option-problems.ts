import { ConfigurationError, type ConfigurationProblem } from "@syncer/core";

/** Collects what is wrong with options, so that all of it is reported at once. */
export class OptionProblems {
  readonly #adapter: string;
  readonly #problems: ConfigurationProblem[] = [];

  constructor(adapter: string) {
    this.#adapter = adapter;
  }

  need(ok: boolean, name: string, expected: string, fix: string): void {
    if (!ok) this.#problems.push({ path: `${this.#adapter}.${name}`, expected, fix });
  }

  needWhole(value: number, name: string, [least, most]: readonly [number, number], fix: string): void {
    const ok = Number.isSafeInteger(value) && value >= least && value <= most;
    this.need(ok, name, `a whole number from ${least.toLocaleString("en")} to ${most.toLocaleString("en")}`, fix);
  }

  /** Names that are never heard of would be misspelled ones. */
  needKnown(given: object, known: readonly string[], under = ""): void {
    for (const name of Object.keys(given)) {
      this.need(
        known.includes(name),
        under + name,
        `one of ${known.join(", ")}`,
        "Leave it out, or mend its spelling.",
      );
    }
  }

  /** @throws {ConfigurationError} */
  report(): void {
    if (this.#problems.length > 0) throw new ConfigurationError(this.#problems);
  }
}
