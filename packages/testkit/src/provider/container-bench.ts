import type {
  ContainerFacts,
  DocumentState,
  ListPage,
  OrderedCollection,
  OrderedWriter,
  Session,
  SyncType,
} from "@syncer/core";
import {
  type AnyContainers,
  allOf,
  collectionUnderTest,
  entriesOf,
  itemsOf,
  kindHeld,
  type ProviderBench,
  put,
  waitForWrites,
} from "./bench.ts";
import { type DocumentSide, documentSides } from "./document-bench.ts";
import { ensure, ensureEqual } from "./ensure.ts";
import type { ContainerControls } from "./harness.ts";

/** A collection of containers with all that the harness gives for it. */
export interface ContainerSide extends DocumentSide {
  readonly collection: AnyContainers;
  readonly contents: OrderedCollection<unknown>;
  readonly inside: ContainerControls;
}

/** One whose contents can be written. */
export type FillableSide = ContainerSide & { readonly writer: OrderedWriter };

export function containerSides(bench: ProviderBench): readonly ContainerSide[] {
  return documentSides(bench).flatMap((side) => {
    const inside = bench.harness.standIn?.containers?.[side.type];
    const { collection } = side;
    return inside && collection.shape === "containers"
      ? [{ ...side, collection, contents: collection.contents, inside }]
      : [];
  });
}

export function fillableSides(bench: ProviderBench): readonly FillableSide[] {
  return containerSides(bench).flatMap((side) =>
    side.contents.write ? [{ ...side, writer: side.contents.write }] : [],
  );
}

/** Makes a container of the user that holds these entries, all of it to be seen. @returns its id */
export async function containerWith(
  bench: ProviderBench,
  { type, fixtures, inside, collection, contents }: ContainerSide,
  itemIds: readonly string[],
): Promise<string> {
  const [id = ""] = await put(bench, type, fixtures.items.slice(0, 1));
  await inside.fill(id, itemIds);
  await waitForWrites(bench, collection.write);
  await settle(bench, contents.write);
  return id;
}

/** Waits until contents and their versions must show what was written. */
export async function settle(bench: ProviderBench, writer: OrderedWriter | undefined): Promise<void> {
  if (writer) await bench.clock.sleep(Math.max(writer.consistencyWindowMs, writer.versionLagMs) + 1);
}

/** Ids of the harness that no container holds yet. */
export function someIds(bench: ProviderBench, type: SyncType, count: number): readonly string[] {
  const collection = collectionUnderTest(bench, type);
  const ids = itemsOf(bench.harness, collection && kindHeld(collection)).ids.slice(0, count);
  ensureEqual(ids.length, count, `ids that the harness gives for what ${type} hold`);
  return ids;
}

export function contentPages(
  { contents }: ContainerSide,
  session: Session,
  id: string,
  pageSize?: number,
): Promise<readonly ListPage<unknown>[]> {
  return allOf(contents.read.list(session, id, pageSize === undefined ? {} : { pageSize }));
}

/** Ids of the entries in their order; the state of those that are not listed in place of theirs. */
export async function contentsOf(
  bench: ProviderBench,
  side: ContainerSide,
  id: string,
  pageSize?: number,
): Promise<readonly string[]> {
  const entries = entriesOf(await contentPages(side, bench.session(), id, pageSize));
  return entries.map((entry) => {
    if (entry.state === "listed") return entry.id;
    return entry.state === "unsyncable" ? entry.reason : entry.state;
  });
}

/** The container as its listing shows it, with what the listing tells of it. */
export async function listedContainer(
  bench: ProviderBench,
  { type, collection }: ContainerSide,
  id: string,
): Promise<{ readonly row: DocumentState<unknown>; readonly facts: ContainerFacts }> {
  const session = bench.session();
  for await (const { entries } of collection.read.list(session, {})) {
    const row = entries.find((entry) => entry.state === "listed" && entry.id === id);
    if (row?.state === "listed") return { row, facts: collection.facts(row.native, session) };
  }
  ensure(false, `${type}: a container that is there is not listed`);
}
