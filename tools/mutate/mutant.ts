/** One deliberate mistake in a source file, which some test must notice. */
export interface Mutant {
  /** Unique over all areas: `area/what-is-wrong`. */
  readonly id: string;
  /** Path of the source file from the root of the repository. */
  readonly file: string;
  /** What the mistake is, for the reader of the table. */
  readonly description: string;
  /** Source text that occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The mutants of one area and the tests that answer for it. */
export interface MutantArea {
  readonly area: string;
  /** Test files from the root of the repository, in the order in which they are tried: the most telling first. */
  readonly tests: readonly string[];
  /** Set for the tests, on top of a fixed seed and few runs for random tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** After so long a mutant is taken to have made a test endless; two minutes if absent. */
  readonly stuckMs?: number;
  readonly mutants: readonly Mutant[];
}

/** Declares an area; a mutant's id gets the area's name in front, its file the area's unless it names its own. */
export function mutantArea(
  area: string,
  { file, ...rest }: Omit<MutantArea, "area" | "mutants"> & { readonly file: string },
  mutants: readonly (Omit<Mutant, "file"> & { readonly file?: string })[],
): MutantArea {
  return {
    area,
    ...rest,
    mutants: mutants.map((mutant) => ({ file, ...mutant, id: `${area}/${mutant.id}` })),
  };
}

/** A mutant that cannot be applied: the source has changed, or the mutant is declared wrongly. */
export class StaleMutantError extends Error {
  override readonly name = "StaleMutantError";
}

/**
 * The source with the mistake in it.
 * @throws {StaleMutantError} the text to find does not occur exactly once, or nothing would change
 */
export function applyMutant(source: string, { id, file, find, replace }: Mutant): string {
  const first = find === "" ? -1 : source.indexOf(find);
  if (first < 0) throw new StaleMutantError(`${id}: ${file} does not contain the text to find: ${find}`);
  if (source.indexOf(find, first + 1) >= 0) {
    throw new StaleMutantError(`${id}: ${file} contains the text to find more than once, name more of it: ${find}`);
  }
  if (find === replace) throw new StaleMutantError(`${id}: replaces the text by itself`);
  return source.slice(0, first) + replace + source.slice(first + find.length);
}
