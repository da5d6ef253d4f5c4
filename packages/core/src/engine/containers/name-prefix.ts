/** What stands before the names of copies on one side. */
export interface Prefixes {
  /** Empty: nothing. */
  readonly now: string;
  /** What did before, the latest first, and until when: copies that were made by then may still carry it. */
  readonly former: readonly FormerPrefix[];
}

interface FormerPrefix {
  readonly text: string;
  readonly untilMs: number;
}

export const noPrefixes: Prefixes = { now: "", former: [] };

/** A name as a service shows it, taken apart. */
export interface ReadName {
  /** The name without the prefix: what is paired, compared and written on the other side. */
  readonly core: string;
  /** The prefix that it carries; a container that carries one counts as a copy. */
  readonly prefix?: string;
}

/**
 * Takes a prefix off a name, once: a list that is itself called so has it twice on its copy, and no two lists have copies
 * of one name.
 * @param linkedAtMs since when the pair knows the container; absent: it does not. What others are called is not taken for a
 *   prefix of earlier times
 */
export function readName(shown: string, { now, former }: Prefixes, linkedAtMs?: number): ReadName {
  const name = shown.normalize("NFC");
  const earlier = former.filter(({ untilMs }) => linkedAtMs !== undefined && linkedAtMs <= untilMs);
  const known = [now, ...earlier.map(({ text }) => text)].filter((prefix) => prefix !== "");
  // Of an earlier one that goes on where today's ends, the longer is meant.
  const prefix = known.toSorted((a, b) => b.length - a.length).find((each) => carries(name, each));
  return prefix === undefined ? { core: shown } : { core: name.slice(prefix.length), prefix };
}

/** A name that is nothing else is a name. */
function carries(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && name.slice(prefix.length).trim() !== "";
}

/**
 * What is written for a name.
 * @param before what the container is called now; absent for one that is made, which is a copy
 */
export function nameToWrite(core: string, { now }: Prefixes, before?: ReadName): string {
  return before && before.prefix === undefined ? core : `${now}${core}`;
}

/** Whether a copy carries an earlier prefix. */
export function isOutdated({ prefix }: ReadName, { now }: Prefixes): boolean {
  return prefix !== undefined && prefix !== now;
}
