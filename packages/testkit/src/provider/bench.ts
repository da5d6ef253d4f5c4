import {
  type AnyProvider,
  type Catalogue,
  type Clock,
  type CollectionProbe,
  collectionsOf,
  createTransport,
  documentsIn,
  type ItemKindName,
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
import type { ItemFixtures, ProviderHarness } from "./harness.ts";
import { createWire, type Interceptor, type Wire } from "./wire.ts";

/** A harness made ready for checks: sessions over the real transport, and the wire in between. */
export interface ProviderBench {
  readonly harness: ProviderHarness;
  readonly provider: AnyProvider;
  readonly clock: Clock;
  readonly wire: Wire;
  /** A session of the test user; `accessToken: null` for one of nobody. */
  session(options?: { readonly signal?: AbortSignal; readonly accessToken?: string | null }): Session;
}

type DeclaredCollection = NonNullable<AnyProvider["collections"][string]>;

/** A collection of any shape; documents in containers are those of the one that the harness names. */
export type AnyCollection = Exclude<DeclaredCollection, { readonly shape: "held-documents" }>;

export interface NamedCollection<C extends AnyCollection = AnyCollection> {
  readonly type: SyncType;
  readonly collection: C;
}

/** A collection of documents of any kind, containers among them; only its own functions ever see them. */
export type AnyDocuments = Extract<AnyCollection, { readonly shape: "documents" | "containers" }>;

export type AnyContainers = Extract<AnyCollection, { readonly shape: "containers" }>;
export type AnyLog = Extract<AnyCollection, { readonly shape: "log" }>;

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

export function collectionsUnderTest({ harness }: Pick<ProviderBench, "harness">): readonly NamedCollection[] {
  return collectionsOf(harness.provider).map(([type, collection]) => ({
    type,
    collection:
      collection.shape === "held-documents" ? documentsIn(collection, containerOf(harness, type)) : collection,
  }));
}

function containerOf({ fixtures }: ProviderHarness, type: SyncType): string {
  const container = fixtures.documents?.[type]?.containerId;
  ensure(container !== undefined, `the harness names no container (fixtures.documents.${type}.containerId)`);
  return container;
}

export function collectionUnderTest(bench: ProviderBench, type: SyncType): AnyCollection | undefined {
  return collectionsUnderTest(bench).find((each) => each.type === type)?.collection;
}

export function membershipsUnderTest(bench: ProviderBench): readonly NamedCollection<MembershipCollection>[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.shape === "membership" ? [{ type, collection }] : [],
  );
}

export function logsUnderTest(bench: ProviderBench): readonly NamedCollection<AnyLog>[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.shape === "log" ? [{ type, collection }] : [],
  );
}

export function documentsUnderTest(bench: ProviderBench): readonly NamedCollection<AnyDocuments>[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.shape === "documents" || collection.shape === "containers" ? [{ type, collection }] : [],
  );
}

/** The kind of the references that a collection is made of, or that its containers hold. */
export function kindHeld(collection: AnyCollection): ItemKindName | undefined {
  if (collection.shape === "documents") return undefined;
  return collection.shape === "containers" ? collection.contents.kind : collection.kind;
}

const nothing: ItemFixtures = { ids: [] };

/** What the harness knows of a kind of items; nothing where it leaves the kind out. */
export function itemsOf({ fixtures }: Pick<ProviderHarness, "fixtures">, kind: ItemKindName | undefined): ItemFixtures {
  return (kind && fixtures.items?.[kind]) ?? nothing;
}

export interface CatalogueUnderTest {
  readonly kind: ItemKindName;
  readonly catalogue: Catalogue;
  readonly items: ItemFixtures;
}

export function cataloguesOf(harness: ProviderHarness): readonly CatalogueUnderTest[] {
  const entries = Object.entries(harness.provider.catalogues ?? {}) as [ItemKindName, Catalogue | undefined][];
  return entries.flatMap(([kind, catalogue]) =>
    catalogue ? [{ kind, catalogue, items: itemsOf(harness, kind) }] : [],
  );
}

/** Paths under which the provider asks who the user is. Containers need to know, beside what they ask for. */
async function identityPaths(bench: ProviderBench): Promise<ReadonlySet<string>> {
  if (!collectionsUnderTest(bench).some(({ collection }) => collection.shape === "containers")) return new Set();
  const before = bench.wire.requests.length;
  await bench.provider.profile(bench.session()).catch(() => undefined);
  return new Set(bench.wire.requests.slice(before).map(({ url }) => url.pathname));
}

/** How many requests `work` makes, not counting those that ask who the user is, which are told apart everywhere. */
export async function countReads(bench: ProviderBench, work: () => Promise<unknown>): Promise<number> {
  const identity = await identityPaths(bench);
  const before = bench.wire.requests.length;
  await work();
  return bench.wire.requests.slice(before).filter(({ url }) => !identity.has(url.pathname)).length;
}

/** Puts answers in the place of the service's, but for those that tell who the user is. */
export async function interceptReads(bench: ProviderBench, interceptor: Interceptor): Promise<void> {
  const identity = await identityPaths(bench);
  bench.wire.intercept((request, pass) => (identity.has(request.url.pathname) ? pass() : interceptor(request, pass)));
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
  const collection = collectionUnderTest(bench, type);
  const { ids: known } = itemsOf(bench.harness, collection && kindHeld(collection));
  const given = (documents?.items ?? known).length;
  ensure(given >= count, `the harness gives ${given} items for ${type}; this check needs ${count}`);
  if (documents) return await put(bench, type, documents.items.slice(0, count));
  const ids = known.slice(0, count);
  await refill(bench, type, ids);
  return ids;
}

/** Makes these the items of a collection, and waits until they must show. */
export async function refill(bench: ProviderBench, type: SyncType, ids: readonly string[]): Promise<void> {
  await bench.harness.standIn?.fill(type, ids);
  await waitForWrites(bench, writerOf(collectionUnderTest(bench, type)));
}

/** Writes documents as the user, and waits until they must show. */
export async function put(bench: ProviderBench, type: SyncType, items: readonly object[]): Promise<readonly string[]> {
  const ids = await bench.harness.standIn?.documents?.[type]?.put(items);
  await waitForWrites(bench, writerOf(collectionUnderTest(bench, type)));
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

/**
 * Reads a whole listing. A listing of more pages than anything here can have is a loop. Containers that show another
 * collection are left out: they stand there whatever the user does.
 */
export async function listAll(
  collection: AnyCollection,
  session: Session,
  pageSize?: number,
): Promise<readonly AnyPage[]> {
  const pages = await allOf<AnyPage>(collection.read.list(session, pageSize === undefined ? {} : { pageSize }));
  return collection.shape === "containers" ? pages.map((page) => withoutShown(collection, page, session)) : pages;
}

/** Reads to the end. */
export async function allOf<T>(listing: AsyncIterable<T>): Promise<readonly T[]> {
  const pages: T[] = [];
  for await (const page of listing) {
    pages.push(page);
    ensure(pages.length <= 2_000, "the listing does not end: 2,000 pages and counting");
  }
  return pages;
}

function withoutShown({ facts }: AnyContainers, page: AnyPage, session: Session): AnyPage {
  const entries = page.entries.filter(
    (row) => row.state !== "listed" || facts(row.native, session).shows === undefined,
  );
  return { ...page, entries };
}

export function entriesOf(pages: readonly AnyPage[]): readonly Row[] {
  return pages.flatMap(({ entries }) => entries);
}

export function listedOf(pages: readonly AnyPage[]) {
  return entriesOf(pages).filter((entry) => entry.state === "listed");
}

/** The order in which a collection promises to list. */
export function orderOf(collection: AnyCollection | undefined): "newest-first" | "oldest-first" | "none" {
  if (collection?.shape === "log") return "newest-first";
  return collection?.shape === "membership" ? collection.read.order : "none";
}

/** The ids, sorted unless the collection promises an order. */
export function inItsOrder(collection: AnyCollection | undefined, ids: readonly string[]): readonly string[] {
  return orderOf(collection) === "none" ? ids.toSorted() : ids;
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
