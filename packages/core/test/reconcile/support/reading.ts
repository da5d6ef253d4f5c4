import type { Seen } from "./oracle.ts";

/** How one side is read in a run. The sets are of places: an entry of A, a recording of B. */
export interface ReadSpec {
  /** Not known: not read, unreadable, taken down, inside a consistency window. */
  readonly unknown: ReadonlySet<number>;
  /** There, and missing all the same from a listing that calls itself complete. */
  readonly hidden: ReadonlySet<number>;
  readonly pageSize: number;
  /** So many rows of a page come again on the next: the list shifted while it was read. */
  readonly overlap: number;
  /** Turns the service's order about. */
  readonly rotate: number;
}

export const honest: ReadSpec = { unknown: new Set(), hidden: new Set(), pageSize: 50, overlap: 0, rotate: 0 };

/** What one run knows of one side. */
export interface Reading {
  /** Rows as they came, page by page; some twice. */
  readonly rows: readonly string[];
  readonly presence: (id: string) => Seen;
  /** Whether everything that the service holds was read. */
  readonly complete: boolean;
}

export function read(items: ReadonlySet<string>, placeOf: (id: string) => number, spec: ReadSpec): Reading {
  const listed = [...items].filter((id) => !spec.unknown.has(placeOf(id)) && !spec.hidden.has(placeOf(id)));
  const known = new Set(listed);
  const turn = listed.length === 0 ? 0 : spec.rotate % listed.length;
  const inOrder = [...listed.slice(turn), ...listed.slice(0, turn)];
  const rows: string[] = [];
  for (let start = 0; start < inOrder.length; start += spec.pageSize) {
    rows.push(...inOrder.slice(Math.max(0, start - spec.overlap), start + spec.pageSize));
  }
  return {
    rows,
    presence: (id) => (spec.unknown.has(placeOf(id)) ? "unknown" : known.has(id) ? "present" : "absent"),
    complete: ![...items].some((id) => spec.unknown.has(placeOf(id))),
  };
}
