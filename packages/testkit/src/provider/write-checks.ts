import {
  type ItemKindName,
  type MembershipCollection,
  type MembershipWriter,
  ServiceError,
  SyncerError,
  type WriteOutcome,
} from "@syncer/core";
import {
  createBench,
  fill,
  itemsOf,
  listedIds,
  membershipsUnderTest,
  type NamedCollection,
  type ProviderBench,
  waitForWrites,
  writeAll,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual } from "./ensure.ts";
import type { ProviderHarness } from "./harness.ts";
import { malformations } from "./malformed-answers.ts";

type Writable = NamedCollection<MembershipCollection> & { readonly write: MembershipWriter };

/** A live run may know nothing to write into a collection; a stand-in has everything. */
function writables(bench: ProviderBench): readonly Writable[] {
  const isKnown = (kind: ItemKindName) => bench.harness.standIn || itemsOf(bench.harness, kind).ids.length > 0;
  return membershipsUnderTest(bench).flatMap(({ type, collection }) =>
    collection.write && isKnown(collection.kind) ? [{ type, collection, write: collection.write }] : [],
  );
}

/** Each on a transport of its own: after the failures of one, the circuit of a shared one would be open. */
function writablesApart(harness: ProviderHarness) {
  return writables(createBench(harness)).map((side) => ({ bench: createBench(harness), side }));
}

/** Ids that are not in the collection now, so that a live library is left as it was found. */
async function freshIds(bench: ProviderBench, { type, collection }: Writable, most: number) {
  const present = new Set(await listedIds(collection, bench.session()));
  const fresh = itemsOf(bench.harness, collection.kind)
    .ids.filter((id) => !present.has(id))
    .slice(0, most);
  ensure(fresh.length > 0, `the harness gives no item id that is not in ${type} already`);
  return fresh;
}

async function removeAgain(bench: ProviderBench, { write }: Writable, ids: readonly string[]): Promise<void> {
  if (bench.harness.standIn) return;
  await writeAll((batch) => write.remove(bench.session(), batch), ids, write.batchSize.remove);
}

function ensureOutcomes(
  outcomes: readonly WriteOutcome[],
  ids: readonly string[],
  allowed: readonly WriteOutcome["result"][],
  what: string,
): void {
  ensureEqual(
    outcomes.map(({ id }) => id),
    ids,
    `ids of the outcomes of ${what}`,
  );
  for (const { result } of outcomes) ensure(allowed.includes(result), `${what}: outcome "${result}"`);
}

/** What a whole batch may be refused with; the caller then tries its halves. */
function isRefusalOfBatch(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    (error.failure.kind === "invalid" || error.failure.kind === "not-found" || error.failure.kind === "already-there")
  );
}

export const writeChecks = defineChecks([
  {
    name: "adds a batch in one request, answers for each id in order, and lists them afterwards",
    needs: ["write"],
    async run(bench) {
      for (const side of writables(bench)) {
        const { type, collection, write } = side;
        const ids = await freshIds(bench, side, Math.min(3, write.batchSize.add));
        const asked = await bench.wire.count(async () => {
          ensureOutcomes(await write.add(bench.session(), ids), ids, ["written"], `adding to ${type}`);
        });
        ensureEqual(asked, 1, `requests for one batch of ${type}`);
        await waitForWrites(bench, write);
        const listed = await listedIds(collection, bench.session());
        for (const id of ids) ensure(listed.includes(id), `${type}: an item said to be written is not listed`);
        await removeAgain(bench, side, ids);
      }
    },
  },
  {
    name: "takes a batch of exactly the size that it declares",
    needs: ["write", "stand-in"],
    async run(bench) {
      for (const side of writables(bench)) {
        const { type, collection, write } = side;
        const ids = await freshIds(bench, side, write.batchSize.add);
        if (ids.length < write.batchSize.add) continue;
        const asked = await bench.wire.count(() => write.add(bench.session(), ids));
        ensureEqual(asked, 1, `requests for a full batch of ${type}`);
        await waitForWrites(bench, write);
        const listed = await listedIds(collection, bench.session());
        ensureEqual(listed.length, ids.length, `rows of ${type} after a full batch`);
      }
    },
  },
  {
    name: "adds what is there already without harm",
    needs: ["write"],
    async run(bench) {
      for (const side of writables(bench)) {
        const { type, collection, write } = side;
        const [id = ""] = await freshIds(bench, side, 1);
        await write.add(bench.session(), [id]);
        await waitForWrites(bench, write);
        const before = await listedIds(collection, bench.session());
        const outcomes = await write.add(bench.session(), [id]).catch((error: unknown): readonly WriteOutcome[] => {
          if (error instanceof ServiceError && error.failure.kind === "already-there") {
            return [{ id, result: "already-there" }];
          }
          throw error;
        });
        ensureOutcomes(outcomes, [id], ["written", "already-there"], `adding to ${type} again`);
        await waitForWrites(bench, write);
        ensureEqual(
          [...(await listedIds(collection, bench.session()))].sort(),
          [...before].sort(),
          `${type} after adding twice`,
        );
        await removeAgain(bench, side, [id]);
      }
    },
  },
  {
    name: "removes items, one request a batch, and lists them no more",
    needs: ["write"],
    async run(bench) {
      for (const side of writables(bench)) {
        const { type, collection, write } = side;
        const others = bench.harness.standIn ? await fill(bench, type) : await listedIds(collection, bench.session());
        const ids = others.length > 0 && bench.harness.standIn ? others.slice(0, 3) : await freshIds(bench, side, 3);
        if (!bench.harness.standIn) {
          await writeAll((batch) => write.add(bench.session(), batch), ids, write.batchSize.add);
          await waitForWrites(bench, write);
        }
        const asked = await bench.wire.count(async () => {
          const remove = (batch: readonly string[]) => write.remove(bench.session(), batch);
          ensureOutcomes(
            await writeAll(remove, ids, write.batchSize.remove),
            ids,
            ["written"],
            `removing from ${type}`,
          );
        });
        ensureEqual(asked, Math.ceil(ids.length / write.batchSize.remove), `requests for removing from ${type}`);
        await waitForWrites(bench, write);
        const expected = others.filter((id) => !ids.includes(id));
        ensureEqual(
          [...(await listedIds(collection, bench.session()))].sort(),
          [...expected].sort(),
          `${type} after removing`,
        );
      }
    },
  },
  {
    name: "answers the removal of what is not there without an error",
    needs: ["write"],
    async run(bench) {
      for (const side of writables(bench)) {
        const [id = ""] = await freshIds(bench, side, 1);
        const outcomes = await side.write.remove(bench.session(), [id]);
        ensureOutcomes(outcomes, [id], ["written", "not-found"], `removing what is not in ${side.type}`);
      }
    },
  },
  {
    name: "says of no item that it was written when a listing does not show it",
    needs: ["write", "unknown id"],
    async run(bench) {
      for (const side of writables(bench)) {
        const { type, collection, write } = side;
        const { unknownId } = itemsOf(bench.harness, collection.kind);
        if (unknownId === undefined) continue;
        const ids = [unknownId, ...(await freshIds(bench, side, 2))].slice(0, write.batchSize.add);
        const outcomes = await write.add(bench.session(), ids).catch((error: unknown): readonly WriteOutcome[] => {
          if (isRefusalOfBatch(error)) return [];
          throw error;
        });
        await waitForWrites(bench, write);
        const listed = await listedIds(collection, bench.session());
        for (const { id, result } of outcomes) {
          ensure(result !== "written" || listed.includes(id), `${type}: an item said to be written is not listed`);
        }
        await removeAgain(bench, side, ids.slice(1));
      }
    },
  },
  {
    name: "says of no item that it was written when the answer is lost",
    needs: ["write", "stand-in"],
    async run({ harness }) {
      for (const { bench, side } of writablesApart(harness)) {
        const ids = await freshIds(bench, side, 1);
        for (const act of ["add", "remove"] as const) {
          bench.wire.intercept(async (_, pass) => {
            await pass();
            throw new TypeError("fetch failed");
          });
          await ensureNothingWritten(() => side.write[act](bench.session(), ids), `${act}, answer lost`);
          bench.wire.intercept();
        }
      }
    },
  },
  ...malformations
    .filter(({ ofWrites }) => ofWrites)
    .map(({ name, alter }) => ({
      name: `says of no item that it was written when the answer is ${name}`,
      needs: ["write", "stand-in"] as const,
      async run({ harness }: ProviderBench) {
        for (const { bench, side } of writablesApart(harness)) {
          const ids = await freshIds(bench, side, 1);
          bench.wire.intercept(async (_, pass) => alter(await pass()));
          await ensureNothingWritten(() => side.write.add(bench.session(), ids), `adding to ${side.type}`);
          bench.wire.intercept();
        }
      },
    })),
]);

async function ensureNothingWritten(write: () => Promise<readonly WriteOutcome[]>, what: string): Promise<void> {
  let outcomes: readonly WriteOutcome[];
  try {
    outcomes = await write();
  } catch (error) {
    ensure(SyncerError.is(error), `${what}: threw an error without a type: ${String(error)}`);
    return;
  }
  for (const { result } of outcomes) ensure(result !== "written", `${what}: said to be written`);
}
