import type { WriteOutcome } from "@syncer/core";
import {
  type AnyLog,
  allOf,
  FEW,
  fill,
  itemsOf,
  logsUnderTest,
  type NamedCollection,
  type ProviderBench,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual } from "./ensure.ts";

export const logChecks = defineChecks([
  {
    name: "says in milliseconds when each entry of a log happened, newest first",
    needs: ["log", "stand-in", `${FEW} items`],
    async run(bench) {
      const latestMs = bench.clock.now() + 86_400_000;
      for (const side of logsUnderTest(bench)) {
        await fill(bench, side.type);
        const times = (await happened(bench, side)).map(({ atMs }) => atMs);
        ensureEqual(times.length, FEW, `entries of ${side.type}`);
        for (const atMs of times) {
          const isTime = atMs > Date.UTC(2000, 0, 1) && atMs <= latestMs;
          ensure(isTime, `${side.type}: happened at ${atMs}, which is no such time`);
        }
        ensureEqual(
          times,
          times.toSorted((left, right) => right - left),
          `times of ${side.type}`,
        );
      }
    },
  },
  {
    name: "gives all entries of a log that happened at or after a moment when asked for that, in any page size",
    needs: ["log", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of logsUnderTest(bench)) {
        await fill(bench, side.type);
        const all = await happened(bench, side);
        for (const oldest of [all[0], all[4], all.at(-1)]) {
          const sinceMs = oldest?.atMs ?? 0;
          const wanted = all.filter(({ atMs }) => atMs >= sinceMs);
          for (const pageSize of [undefined, 5, 1]) {
            const given = await happened(bench, side, { sinceMs, ...(pageSize === undefined ? {} : { pageSize }) });
            const since = given.filter(({ atMs }) => atMs >= sinceMs);
            ensureEqual(since, wanted, `entries of ${side.type} since the one at place ${wanted.length}`);
          }
        }
      }
    },
  },
  {
    name: "reads no further back in a log than it is asked to, by a page",
    needs: ["log", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of logsUnderTest(bench)) {
        await fill(bench, side.type);
        const [newest] = await happened(bench, side);
        const sinceMs = (newest?.atMs ?? 0) + 1;
        const asked = await bench.wire.count(() => happened(bench, side, { sinceMs, pageSize: 3 }));
        ensure(asked <= 2, `${side.type}: ${asked} requests to find that nothing happened since`);
      }
    },
  },
  {
    name: "gives the same entries of a log at the same times in every listing",
    needs: ["log", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of logsUnderTest(bench)) {
        await fill(bench, side.type);
        ensureEqual(await happened(bench, side), await happened(bench, side), `${side.type} in two listings`);
      }
    },
  },
  {
    // Nothing takes an entry back, so that a live history is left alone.
    name: "appends entries to a log, each once and at its time, and tells what became of each in their order",
    needs: ["log write", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of logsUnderTest(bench)) {
        const { write, kind } = side.collection;
        if (!write) continue;
        const [first = "", ...others] = itemsOf(bench.harness, kind).ids;
        // Whole seconds, as not every service knows smaller times; the first item at two of them.
        const latestMs = Math.floor(bench.clock.now() / 1_000) * 1_000 - 60_000;
        const entries = [first, ...others.slice(0, FEW - 2), first]
          .map((id, at) => ({ id, atMs: latestMs - (FEW - at) * 60_000 }))
          .slice(0, Math.max(1, write.batchSize));
        const append = () => write.append(bench.session(), entries);
        const asked = await bench.wire.count(async () => ensureTold(await append(), entries, "written", side.type));
        ensure(asked <= 1, `${side.type}: ${asked} requests to append one batch`);
        ensureTold(await append(), entries, "already-there", side.type);
        ensureEqual(await happened(bench, side), entries.toReversed(), `what ${side.type} shows of what was appended`);
      }
    },
  },
  {
    name: "states how far back a log goes, and sizes that can be kept",
    needs: ["log"],
    async run(bench) {
      for (const { type, collection } of logsUnderTest(bench)) {
        const { pageSize, depth } = collection.read;
        const { batchSize = 1 } = collection.write ?? {};
        for (const [field, value] of Object.entries({ pageSize, depth, batchSize })) {
          ensure(Number.isInteger(value) && value > 0, `${type}: ${field} is ${value}`);
        }
      }
    },
  },
]);

function ensureTold(
  outcomes: readonly WriteOutcome[],
  entries: readonly { readonly id: string }[],
  result: WriteOutcome["result"],
  what: string,
): void {
  const told = outcomes.map((outcome) => `${outcome.id} ${outcome.result}`);
  ensureEqual(
    told,
    entries.map(({ id }) => `${id} ${result}`),
    `what became of entries of ${what}`,
  );
}

/** Ids and times of the entries that can be read. */
async function happened(
  bench: ProviderBench,
  { collection }: NamedCollection<AnyLog>,
  options: { readonly sinceMs?: number; readonly pageSize?: number } = {},
): Promise<readonly { readonly id: string; readonly atMs: number }[]> {
  const pages = await allOf(collection.read.list(bench.session(), options));
  return pages.flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.state === "listed" ? [{ id: entry.id, atMs: entry.atMs }] : [])),
  );
}
