/** The semantics were broken. Names the rule, and what was seen instead. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly rule: string;

  constructor(rule: string, seen: string) {
    super(`${rule}: ${seen}`);
    this.rule = rule;
  }
}

/** @throws {Violation} unless it holds */
export function demand(holds: boolean, rule: string, seen: () => string): asserts holds {
  if (!holds) throw new Violation(rule, seen());
}
