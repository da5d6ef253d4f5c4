import type { ListedEntry, MembershipCollection, OrderedCollection, Session } from "../../contract/index.ts";

/** What a container of one side holds, and what was last seen of it. */
export interface BoundContents {
  readonly collection: OrderedCollection;
  /** Seen as references that are there or not, so that their counterparts are found as those of any others. */
  readonly references: MembershipCollection;
  /** All rows of the last listing that came to its end, in their order. */
  rows(): readonly ListedEntry<unknown>[];
  /** Whether these are as many as the service says that there are: of part of a list no place is known. */
  isWhole(): boolean;
}

/**
 * The contents of one container as a collection of its own.
 * @param containerId absent for a container that is still to be made: it holds nothing
 * @param version what the service calls the present state of it, if it does
 */
export function bindContents(
  collection: OrderedCollection,
  containerId: string | undefined,
  version: string | undefined,
): BoundContents {
  let rows: readonly ListedEntry<unknown>[] = [];
  let totals: ReadonlySet<number> = new Set();
  const { kind, read, write } = collection;
  async function* list(session: Session, options: { readonly pageSize?: number }) {
    const seen: ListedEntry<unknown>[] = [];
    const told = new Set<number>();
    // Told before its contents are read: should they change meanwhile, the next run sees another one.
    const ofVersion = version === undefined ? {} : { fingerprint: version };
    if (containerId === undefined) yield { entries: [], total: 0, ...ofVersion };
    else {
      for await (const { entries, total } of read.list(session, containerId, options)) {
        seen.push(...entries);
        if (total !== undefined) told.add(total);
        yield { entries, ...ofVersion, ...(total === undefined ? {} : { total }) };
      }
    }
    rows = seen;
    totals = told;
  }
  const references: MembershipCollection = {
    shape: "membership",
    kind,
    scopes: { read: [], write: [] },
    read: { pageSize: read.pageSize, totals: read.totals, order: "none", list },
    ...(write
      ? {
          write: {
            batchSize: { add: write.capability.perCall.insert, remove: write.capability.perCall.remove },
            consistencyWindowMs: write.consistencyWindowMs,
            ...(write.maxItems === undefined ? {} : { maxItems: write.maxItems }),
            add: notByItself,
            remove: notByItself,
          },
        }
      : {}),
  };
  const isWhole = () => read.totals === "inexact" || [...totals].every((total) => total === rows.length);
  return { collection, references, rows: () => rows, isWhole };
}

/** Where an entry goes is for the list as a whole to say. */
function notByItself(): Promise<never> {
  throw new TypeError("an entry of a list is written with its place");
}

/** What the entries of a list are called once it is listed anew. */
export function asListed(names: readonly string[]): string[] {
  return namesOf(names.map((name) => (name.startsWith("#") ? {} : { id: name })));
}

/** What an entry is called in a list: its id, or how many without one stand before it. */
export function namesOf(rows: readonly { readonly id?: string }[]): string[] {
  let nameless = 0;
  return rows.map(({ id }) => id ?? `#${nameless++}`);
}
