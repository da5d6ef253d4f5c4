import {
  type AnyCollection,
  type AnyProvider,
  type Clock,
  type CollectionProbe,
  collectionsOf,
  createTransport,
  type ListedDocument,
  type ListedEntry,
  type LoggedEntry,
  type MembershipCollection,
  type Session,
  type SyncType,
  systemClock,
  systemRandom,
  type WriteOutcome,
} from "@syncer/core";
import { ensure } from "./ensure.ts";
import type { ProviderHarness } from "./harness.ts";
import { createWire, type Wire } from "./wire.ts";

/** A harness made ready for checks: sessions over the real transport, and the wire in between. */
export interface ProviderBench {
  readonly harness: ProviderHarness;
  readonly provider: AnyProvider;
  readonly clock: Clock;
  readonly wire: Wire;
  /** A session of the test user; `accessToken: null` for one of nobody. */
  session(options?: { readonly signal?: AbortSignal; readonly accessToken?: string | null }): Session;
}

export interface NamedCollection<C extends AnyCollection = AnyCollection> {
  readonly type: SyncType;
  readonly collection: C;
}

/** A collection of documents of any kind, containers among them; only its own functions ever see them. */
export type AnyDocuments = Extract<AnyCollection, { readonly shape: "documents" | "containers" }>;

type Row = ListedEntry<unknown> | ListedDocument<unknown> | LoggedEntry<unknown>;

/** A page of a listing of any shape. */
export interface AnyPage {
  readonly entries: readonly Row[];
  readonly total?: number;
  readonly fingerprint?: string;
}

export function createBench(harness: ProviderHarness): ProviderBench {
  const { provider, user } = harness;
  const clock = harness.clock ?? systemClock();
  const wire = createWire(harness.fetch);
  const transport = createTransport({
    fetch: wire.fetch,
    clock,
    random: harness.random ?? systemRandom,
    ...(harness.governor ? { governor: harness.governor } : {}),
  });
  return {
    harness,
    provider,
    clock,
    wire,
    session({ signal, accessToken = user.accessToken ?? null } = {}) {
      return transport.session({
        provider,
        tenantId: "conformance",
        ...(signal ? { signal } : {}),
        ...(accessToken === null && user.accessToken !== undefined
          ? {}
          : {
              connectionId: "conformance",
              ...(user.accountId === undefined ? {} : { accountId: user.accountId }),
              grantedScopes: user.grantedScopes,
            }),
        ...(accessToken === null ? {} : { tokens: tokensOf(harness, accessToken) }),
      });
    },
  };
}

function tokensOf({ user }: ProviderHarness, accessToken: string) {
  let token = accessToken;
  return {
    current: async () => token,
    async renew() {
      // A token that the check made up is not replaced by a good one.
      if (accessToken === user.accessToken && user.renew) token = await user.renew();
      return token;
    },
  };
}

export function collectionsUnderTest({ provider }: ProviderBench): readonly NamedCollection[] {
  return collectionsOf(provider).map(([type, collection]) => ({ type, collection }));
}

export function membershipsUnderTest(bench: ProviderBench): readonly NamedCollection<MembershipCollection>[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.shape === "membership" ? [{ type, collection }] : [],
  );
}

export function documentsUnderTest(bench: ProviderBench): readonly NamedCollection<AnyDocuments>[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.shape === "documents" || collection.shape === "containers" ? [{ type, collection }] : [],
  );
}

/** How many items most checks fill a collection with: enough for three pages of five. */
export const FEW = 12;

/**
 * Fills the collection through the stand-in, if there is one; a live library is taken as it is.
 * @returns the ids under which the collection then lists what was put in, in that order
 */
export async function fill(bench: ProviderBench, type: SyncType, count = FEW): Promise<readonly string[]> {
  const { standIn, fixtures } = bench.harness;
  if (!standIn) return [];
  const documents = fixtures.documents?.[type];
  const given = (documents?.items ?? fixtures.itemIds).length;
  ensure(given >= count, `the harness gives ${given} items for ${type}; this check needs ${count}`);
  if (documents) return await put(bench, type, documents.items.slice(0, count));
  const ids = fixtures.itemIds.slice(0, count);
  await standIn.fill(type, ids);
  return ids;
}

/** Writes documents as the user, and waits until they must show. */
export async function put(bench: ProviderBench, type: SyncType, items: readonly object[]): Promise<readonly string[]> {
  const ids = await bench.harness.standIn?.documents?.[type]?.put(items);
  await waitForWrites(bench, writerOf(bench.provider.collections[type]));
  return ids ?? [];
}

/** The writer, where what it writes shows in listings after a while; entries of a log show at once or late. */
export function writerOf(collection: AnyCollection | undefined) {
  return collection?.shape === "log" ? undefined : collection?.write;
}

/** Logs have none: what they show is their end. */
export function probeOf(collection: AnyCollection): CollectionProbe | undefined {
  return collection.shape === "log" ? undefined : collection.read.probe;
}

/** Logs count nothing. */
export function totalsOf(collection: AnyCollection): "exact" | "inexact" {
  return collection.shape === "log" ? "inexact" : collection.read.totals;
}

/** Reads a whole listing. A listing of more pages than anything here can have is a loop. */
export async function listAll(
  collection: AnyCollection,
  session: Session,
  pageSize?: number,
): Promise<readonly AnyPage[]> {
  const pages: AnyPage[] = [];
  for await (const page of collection.read.list(session, pageSize === undefined ? {} : { pageSize })) {
    pages.push(page);
    ensure(pages.length <= 2_000, "the listing does not end: 2,000 pages and counting");
  }
  return pages;
}

export function entriesOf(pages: readonly AnyPage[]): readonly Row[] {
  return pages.flatMap(({ entries }) => entries);
}

export function listedOf(pages: readonly AnyPage[]) {
  return entriesOf(pages).filter((entry) => entry.state === "listed");
}

/** The ids, sorted unless the collection promises an order. */
export function inItsOrder(collection: AnyCollection | undefined, ids: readonly string[]): readonly string[] {
  const ordered = collection?.shape === "membership" && collection.read.order !== "none";
  return ordered ? ids : ids.toSorted();
}

/** The rows that a total counts: all but those of what is gone. */
export function countedOf(pages: readonly AnyPage[]): number {
  return entriesOf(pages).filter(({ state }) => state !== "deleted").length;
}

export async function listedIds(collection: AnyCollection, session: Session): Promise<readonly string[]> {
  return listedOf(await listAll(collection, session)).map(({ id }) => id);
}

/** Waits until a write must show in reads. */
export async function waitForWrites(
  bench: ProviderBench,
  writer: { readonly consistencyWindowMs: number } | undefined,
): Promise<void> {
  if (writer) await bench.clock.sleep(writer.consistencyWindowMs + 1);
}

/** Adds or removes in batches as large as the writer takes. */
export async function writeAll(
  write: (ids: readonly string[]) => Promise<readonly WriteOutcome[]>,
  ids: readonly string[],
  batchSize: number,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (let start = 0; start < ids.length; start += batchSize) {
    outcomes.push(...(await write(ids.slice(start, start + batchSize))));
  }
  return outcomes;
}
