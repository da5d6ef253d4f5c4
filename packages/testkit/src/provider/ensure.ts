/** What a check found wrong. Its message says what was seen and what the contract asks for. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
}

export function ensure(condition: unknown, problem: string): asserts condition {
  if (!condition) throw new CheckFailure(problem);
}

/** Compares by JSON; for ids, counts and plain data. */
export function ensureEqual(actual: unknown, expected: unknown, what: string): void {
  const [seen, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  ensure(seen === wanted, `${what}: expected ${shortened(wanted)}, got ${shortened(seen)}`);
}

/** The error with which `work` rejects; a `CheckFailure` if it does not. */
export async function rejectionOf(work: () => Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    return error;
  }
  throw new CheckFailure(`${what}: expected a rejection, got ${shortened(JSON.stringify(value))}`);
}

function shortened(text: string | undefined): string {
  const shown = String(text);
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown;
}
