import {
  type AnyProvider,
  type Clock,
  collectionsOf,
  createTransport,
  type ListedEntry,
  type ListPage,
  type MembershipCollection,
  type MembershipWriter,
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

export interface NamedCollection {
  readonly type: SyncType;
  readonly collection: MembershipCollection;
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

export function collectionsUnderTest(bench: ProviderBench): readonly NamedCollection[] {
  return collectionsOf(bench.provider).map(([type, collection]) => ({ type, collection }));
}

/** How many items most checks fill a collection with: enough for three pages of five. */
export const FEW = 12;

/** Fills the collection through the stand-in, if there is one; a live library is taken as it is. */
export async function fill(bench: ProviderBench, type: SyncType, count = FEW): Promise<readonly string[]> {
  const { standIn, fixtures } = bench.harness;
  const ids = fixtures.itemIds.slice(0, count);
  if (!standIn) return [];
  ensure(ids.length === count, `the harness gives ${ids.length} item ids; this check needs ${count}`);
  await standIn.fill(type, ids);
  return ids;
}

/** Reads a whole listing. A listing of more pages than anything here can have is a loop. */
export async function listAll(
  collection: MembershipCollection,
  session: Session,
  pageSize?: number,
): Promise<readonly ListPage<unknown>[]> {
  const pages: ListPage<unknown>[] = [];
  for await (const page of collection.read.list(session, pageSize === undefined ? {} : { pageSize })) {
    pages.push(page);
    ensure(pages.length <= 2_000, "the listing does not end: 2,000 pages and counting");
  }
  return pages;
}

export function entriesOf(pages: readonly ListPage<unknown>[]): readonly ListedEntry<unknown>[] {
  return pages.flatMap(({ entries }) => entries);
}

export function listedOf(pages: readonly ListPage<unknown>[]) {
  return entriesOf(pages).filter((entry) => entry.state === "listed");
}

export async function listedIds(collection: MembershipCollection, session: Session): Promise<readonly string[]> {
  return listedOf(await listAll(collection, session)).map(({ id }) => id);
}

/** Waits until a write must show in listings. */
export async function waitForWrites(bench: ProviderBench, writer: MembershipWriter): Promise<void> {
  await bench.clock.sleep(writer.consistencyWindowMs + 1);
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
