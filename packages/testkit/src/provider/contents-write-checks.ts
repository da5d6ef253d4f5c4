import { type OrderedAnswer, type OrderedMove, ServiceError, SyncerError } from "@syncer/core";
import { itemsOf, type ProviderBench } from "./bench.ts";
import { containerWith, contentsOf, type FillableSide, fillableSides, settle, someIds } from "./container-bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { malformations } from "./malformed-answers.ts";

export const contentsWriteChecks = defineChecks([
  {
    name: "has the functions for what it says can be done to contents, and limits that can be kept",
    needs: ["contents write"],
    async run(bench) {
      for (const { type, writer } of fillableSides(bench)) {
        const { moves, perCall } = writer.capability;
        ensureEqual(writer.move !== undefined, moves === "range", `whether contents of ${type} have move()`);
        ensureEqual(writer.order !== undefined, moves === "whole-order", `whether contents of ${type} have order()`);
        for (const [field, value] of Object.entries({ ...perCall, maxItems: writer.maxItems ?? 1 })) {
          ensure(Number.isInteger(value) && value > 0, `contents of ${type}: ${field} is ${value}`);
        }
        const { consistencyWindowMs, versionLagMs } = writer;
        for (const [field, value] of Object.entries({ consistencyWindowMs, versionLagMs })) {
          ensure(value >= 0 && value <= 600_000, `contents of ${type}: ${field} is ${value}`);
        }
      }
    },
  },
  {
    name: "appends to contents in one request, answers for each id in order, and lists them at the end in that order",
    needs: ["contents write", "stand-in", "6 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const ids = someIds(bench, side.type, 6);
        const added = [ids[5] ?? "", ids[3] ?? "", ids[4] ?? ""];
        await ensureResult(bench, side, ids.slice(0, 3), [...ids.slice(0, 3), ...added], added, (id) =>
          side.writer.insert(bench.session(), id, added),
        );
      }
    },
  },
  {
    name: "inserts at a place, where it says that it can",
    needs: ["contents write", "stand-in", "5 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        if (side.writer.capability.insert !== "anywhere") continue;
        const [a = "", b = "", c = "", d = "", e = ""] = someIds(bench, side.type, 5);
        for (const at of [0, 1, 3]) {
          const wanted = [a, b, c].toSpliced(at, 0, e, d);
          await ensureResult(bench, side, [a, b, c], wanted, [e, d], (id) =>
            side.writer.insert(bench.session(), id, [e, d], at),
          );
        }
      }
    },
  },
  {
    name: "takes as many entries in one call as it declares, and refuses one more without harm",
    needs: ["contents write", "stand-in"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const { insert, remove } = side.writer.capability.perCall;
        const itemIds = itemsOf(bench.harness, side.contents.kind).ids;
        if (itemIds.length <= Math.max(insert, remove)) continue;
        const full = itemIds.slice(0, insert);
        await ensureResult(bench, side, [], full, full, (id) => side.writer.insert(bench.session(), id, full));
        const removed = itemIds.slice(0, remove);
        await ensureResult(bench, side, removed, [], removed, (id) =>
          side.writer.remove(bench.session(), id, entriesAt(removed)),
        );
        const tooMany = itemIds.slice(0, insert + 1);
        await ensureRefused(bench, side, [], (id) => side.writer.insert(bench.session(), id, tooMany));
        const held = itemIds.slice(0, remove + 1);
        await ensureRefused(bench, side, held, (id) => side.writer.remove(bench.session(), id, entriesAt(held)));
      }
    },
  },
  {
    name: "adds a copy of what is there, or says that it is there, as it declares",
    needs: ["contents write", "stand-in", "3 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const ids = someIds(bench, side.type, 3);
        const [first = ""] = ids;
        if (side.writer.copies === "kept") {
          const insert = (id: string) => side.writer.insert(bench.session(), id, [first, first]);
          await ensureResult(bench, side, ids, [...ids, first, first], [first, first], insert);
          continue;
        }
        const id = await containerWith(bench, side, ids);
        const result = await resultOf(() => side.writer.insert(bench.session(), id, [first]));
        ensureEqual(result, "already-there", `${side.type}: adding what is there`);
        await settle(bench, side.writer);
        ensureEqual(await contentsOf(bench, side, id), ids, `contents of ${side.type} after adding what is there`);
      }
    },
  },
  {
    name: "removes what is named: one copy or all of them, as it declares",
    needs: ["contents write", "stand-in", "5 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const [a = "", b = "", c = "", d = "", e = ""] = someIds(bench, side.type, 5);
        const isKept = side.writer.copies === "kept";
        const held = isKept ? [a, b, a, c, d, a, e] : [a, b, c, d, e];
        const removed = [
          { id: a, at: 0 },
          { id: d, at: held.indexOf(d) },
        ];
        const byToken = held.filter((id) => id !== a && id !== d);
        const byEntry = held.filter((_, at) => !removed.some((entry) => entry.at === at));
        const wanted = side.writer.capability.remove === "token" ? byToken : byEntry;
        await ensureResult(bench, side, held, wanted, [a, d], (id) => side.writer.remove(bench.session(), id, removed));
      }
    },
  },
  {
    name: "moves entries that stand together to another place, where it says that it can",
    needs: ["contents write", "stand-in", "6 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const { writer, type } = side;
        if (!writer.move) continue;
        const ids = someIds(bench, type, 6);
        const moves: readonly OrderedMove[] = [
          { start: 1, length: 2, before: 5 },
          { start: 3, length: 2, before: 0 },
          { start: 0, length: 1, before: 6 },
          { start: 2, length: 3, before: 6 },
        ];
        for (const move of moves) {
          await ensureResult(bench, side, ids, moved(ids, move), [], async (id) =>
            writer.move?.(bench.session(), id, move),
          );
        }
      }
    },
  },
  {
    name: "puts all entries into another order, where it says that it can",
    needs: ["contents write", "stand-in", "6 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const { writer, type } = side;
        if (!writer.order) continue;
        const ids = someIds(bench, type, 6);
        for (const wanted of [ids.toReversed(), [...ids.slice(2), ...ids.slice(0, 2)]]) {
          await ensureResult(bench, side, ids, wanted, [], async (id) => writer.order?.(bench.session(), id, wanted));
        }
      }
    },
  },
  {
    name: "says of no entry that it was written when the answer is lost, and sends no insert or move again",
    needs: ["contents write", "stand-in", "4 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        for (const [what, once, write] of await everyWrite(bench, side)) {
          let sent = 0;
          bench.wire.intercept(async (_, pass) => {
            sent += 1;
            await pass();
            throw new TypeError("fetch failed");
          });
          await ensureNothingWritten(write, `${what} in ${side.type}, answer lost`);
          bench.wire.intercept();
          if (once) ensureEqual(sent, 1, `requests for ${what} in ${side.type} when the answer is lost`);
        }
      }
    },
  },
  {
    name: "says of no entry that it was written when the answer is malformed",
    needs: ["contents write", "stand-in", "4 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        for (const { name, alter } of malformations.filter(({ ofWrites }) => ofWrites)) {
          for (const [what, , write] of await everyWrite(bench, side)) {
            bench.wire.intercept(async (_, pass) => alter(await pass()));
            await ensureNothingWritten(write, `${what} in ${side.type}, the answer ${name}`);
            bench.wire.intercept();
          }
        }
      }
    },
  },
]);

type Write = (id: string) => Promise<OrderedAnswer | undefined>;

/** Whether one call makes of a container what is wanted, with one request, and answers for each id. */
async function ensureResult(
  bench: ProviderBench,
  side: FillableSide,
  held: readonly string[],
  wanted: readonly string[],
  ids: readonly string[],
  write: Write,
): Promise<void> {
  const id = await containerWith(bench, side, held);
  let answer: OrderedAnswer | undefined;
  const asked = await bench.wire.count(async () => {
    answer = await write(id);
  });
  ensureEqual(asked, 1, `requests for one write to contents of ${side.type}`);
  const outcomes = ids.map((itemId) => ({ id: itemId, result: "written" }));
  const given = answer?.outcomes.map(({ id: itemId, result }) => ({ id: itemId, result }));
  ensureEqual(given, outcomes, `outcomes of one write to contents of ${side.type}`);
  await settle(bench, side.writer);
  ensureEqual(await contentsOf(bench, side, id), wanted, `contents of ${side.type} after a write`);
}

async function ensureRefused(
  bench: ProviderBench,
  side: FillableSide,
  held: readonly string[],
  write: Write,
): Promise<void> {
  const id = await containerWith(bench, side, held);
  const error = await rejectionOf(() => write(id), `too many entries in one call to ${side.type}`);
  ensure(SyncerError.is(error), `${side.type}: threw an error without a type: ${String(error)}`);
  await settle(bench, side.writer);
  ensureEqual(await contentsOf(bench, side, id), held, `contents of ${side.type} after a call that was too large`);
}

function entriesAt(ids: readonly string[]) {
  return ids.map((id, at) => ({ id, at }));
}

function moved(ids: readonly string[], { start, length, before }: OrderedMove): readonly string[] {
  const range = ids.slice(start, start + length);
  const rest = ids.toSpliced(start, length);
  return rest.toSpliced(before > start ? before - length : before, 0, ...range);
}

/** The outcome of a single id, or the failure of the call. */
async function resultOf(write: () => Promise<OrderedAnswer>): Promise<string> {
  try {
    return (await write()).outcomes.map(({ result }) => result).join();
  } catch (error) {
    return error instanceof ServiceError ? error.failure.kind : String(error);
  }
}

/** One write of each kind, each to a container of its own, and whether it may go out once only. */
async function everyWrite(
  bench: ProviderBench,
  side: FillableSide,
): Promise<readonly (readonly [string, boolean, () => Promise<OrderedAnswer>])[]> {
  const { writer, type } = side;
  const ids = someIds(bench, type, 4);
  const held = ids.slice(0, 3);
  const [into, outOf, within] = [
    await containerWith(bench, side, held),
    await containerWith(bench, side, held),
    await containerWith(bench, side, held),
  ];
  const { move, order } = writer;
  return [
    ["inserting", true, () => writer.insert(bench.session(), into, ids.slice(3))],
    ["removing", false, () => writer.remove(bench.session(), outOf, [{ id: held[0] ?? "", at: 0 }])],
    ...(move
      ? [["moving", true, () => move(bench.session(), within, { start: 0, length: 1, before: 3 })] as const]
      : []),
    ...(order ? [["ordering", false, () => order(bench.session(), within, held.toReversed())] as const] : []),
  ];
}

async function ensureNothingWritten(write: () => Promise<OrderedAnswer>, what: string): Promise<void> {
  let answer: OrderedAnswer;
  try {
    answer = await write();
  } catch (error) {
    ensure(SyncerError.is(error), `${what}: threw an error without a type: ${String(error)}`);
    return;
  }
  ensure(answer.outcomes.length > 0, `${what}: said to be done`);
  for (const { result } of answer.outcomes) ensure(result !== "written", `${what}: said to be written`);
}
