import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PairReport, SyncMode, SyncOptions } from "../../../src/index.ts";
import { lostAnswer, type Rack } from "../containers/support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "../containers/support/rack-bench.ts";
import { Bench, only } from "../support/bench.ts";
import { habits, holds, patient } from "../support/invented.ts";
import { leftRecordings, rightRecordings } from "../support/recordings.ts";
import { plainHabits } from "../support/shelf.ts";

const USER = { userId: "user-1" } as const;

const settings = fc.constantFrom<{ readonly mode: SyncMode; readonly options: SyncOptions }>(
  { mode: "bidirectional", options: {} },
  { mode: "sync-from", options: { propagation: "additive" } },
  { mode: "sync-from", options: { propagation: "mirror" } },
  { mode: "sync-to", options: { propagation: "additive" } },
  { mode: "sync-to", options: { propagation: "mirror" } },
);

interface Sides<T> {
  readonly left: T;
  readonly right: T;
}

/** What an undoing is held against, for whatever is synced. */
interface Scene<T> {
  state(): Sides<T>;
  sync(): Promise<PairReport>;
  /** What the next sync will do, as a plan says beforehand. */
  forecasts(): Promise<readonly { readonly kind: string; readonly possible: boolean }[]>;
  undo(run: PairReport): Promise<PairReport>;
  /** Cuts the n-th write off from now on; `0`: none any more. */
  cutOff(call: number, moment: "before" | "after"): void;
}

const fault = fc.option(
  fc.record({ call: fc.integer({ min: 1, max: 4 }), moment: fc.constantFrom("before" as const, "after" as const) }),
);

/**
 * A run, taken back, leaves both sides as they were before it, for good; and just what the plan had said that it would not take
 * back it does not. Taken back itself, it leaves them as they were after the run.
 */
async function holdAgainstUndo<T>(scene: Scene<T>, cut: { call: number; moment: "before" | "after" } | null) {
  const before = scene.state();
  const told = await scene.forecasts();
  const run = await scene.sync();
  // What a guard holds back in this run a later one may do.
  if (run.status === "held") return;
  const after = scene.state();
  if (cut) {
    scene.cutOff(cut.call, cut.moment);
    await scene.undo(run);
    scene.cutOff(0, "before");
  }
  const undone = await scene.undo(run);
  expect(scene.state()).toEqual(before);
  if (!cut) {
    expect(undone.counts.refused).toBe(told.filter(({ possible }) => !possible).length);
    expect(undone.status).toBe(undone.counts.refused === 0 ? "succeeded" : "partial");
  }
  await atRest(scene);
  expect(scene.state()).toEqual(before);
  if (cut) return;
  const again = await scene.undo(undone);
  // What the run had made is gone for good by now: nobody keeps what it was called.
  const gone = undone.items.filter(({ reason }) => reason?.code === "undo.created");
  if (gone.length > 0) return expect(again.items.map(({ reason }) => reason?.code)).toContain("undo.no-content");
  expect(again.status).toBe("succeeded");
  expect(scene.state()).toEqual(after);
  await atRest(scene);
  expect(scene.state()).toEqual(after);
}

async function atRest<T>(scene: Scene<T>) {
  for (let run = 0; run < 2; run++) {
    const { counts } = await scene.sync();
    expect(counts).toMatchObject({ added: 0, removed: 0, updated: 0 });
  }
}

const leftIds = leftRecordings.map(({ id }) => id);
const rightIds = rightRecordings.map(({ id }) => id);
const some = (ids: readonly string[], most: number) => fc.uniqueArray(fc.constantFrom(...ids), { maxLength: most });
const userEdits = fc.record({
  leftAdds: some(leftIds, 8),
  leftRemoves: some(leftIds, 3),
  rightAdds: some(rightIds, 4),
  rightRemoves: some(rightIds, 3),
});

async function favourites(
  setting: { mode: SyncMode; options: SyncOptions },
  sealIds: boolean,
): Promise<[Bench, Scene<readonly string[]>]> {
  const bench = await new Bench().open();
  const request = {
    ...bench.request(setting.options),
    pairs: [{ source: "left", target: "right", mode: setting.mode }],
  };
  let calls = 0;
  let cut: { call: number; moment: "before" | "after" } | undefined;
  for (const shelf of [bench.left, bench.right]) {
    shelf.passing = (moment, what) => {
      if (!what.endsWith(".add") && !what.endsWith(".remove")) return;
      if (moment === "before") calls++;
      if (calls === cut?.call && moment === cut.moment) throw lostAnswer(shelf.name);
    };
  }
  const engine = () => bench.engine({ sealIds });
  return [
    bench,
    {
      state: () => ({ left: bench.left.ids(), right: bench.right.ids() }),
      sync: async () => only(await engine().sync(request)),
      forecasts: async () =>
        (await engine().plan(request)).pairs.flatMap((pair) => (pair.ok ? forecastsIn(pair.operations) : [])),
      undo: ({ jobId = "" }) => engine().undo({ ...USER, jobId }),
      cutOff: (call, moment) => {
        calls = 0;
        cut = call === 0 ? undefined : { call, moment };
      },
    },
  ];
}

function forecastsIn(operations: readonly { kind: string; undo?: { possible: boolean } }[]) {
  return operations.flatMap(({ kind, undo }) => (undo ? [{ kind, possible: undo.possible }] : []));
}

const LETTERS = [..."ABCDEFGH"];
const letters = (most: number) =>
  fc.array(fc.constantFrom(...LETTERS), { maxLength: most }).map((list) => list.join(""));

async function playlists(
  setting: { mode: SyncMode; options: SyncOptions },
  right: "ranges" | "whole-order",
): Promise<[RackBench, Scene<Readonly<Record<string, string>>>]> {
  const bench = await new RackBench({ right }).open();
  let calls = 0;
  let cut: { call: number; moment: "before" | "after" } | undefined;
  const writes = new Set(["insert", "remove", "move", "order"]);
  for (const rack of [bench.left, bench.right]) {
    rack.passing = (moment, what) => {
      if (!writes.has(what.split(".")[1] ?? "")) return;
      if (moment === "before") calls++;
      if (calls === cut?.call && moment === cut.moment) throw lostAnswer(rack.name);
    };
  }
  const shown = (rack: Rack) =>
    Object.fromEntries([...rack.lists.values()].map((list) => [list.name, lettersOf(list)]));
  return [
    bench,
    {
      state: () => ({ left: shown(bench.left), right: shown(bench.right) }),
      sync: () => bench.sync(setting.mode, setting.options),
      forecasts: async () => {
        await bench.clock.advance(1);
        const { pairs } = await bench.engine().plan(bench.request(setting.mode, setting.options));
        return pairs.flatMap((pair) =>
          pair.ok ? [pair, ...(pair.contents ?? [])].flatMap(({ operations }) => forecastsIn(operations)) : [],
        );
      },
      undo: async ({ jobId = "" }) => {
        await bench.clock.advance(1);
        return await bench.engine().undo({ ...USER, jobId });
      },
      cutOff: (call, moment) => {
        calls = 0;
        cut = call === 0 ? undefined : { call, moment };
      },
    },
  ];
}

describe("runs of invented histories, taken back", patient, () => {
  it("leave favourites as they were, for good, as the plan had said", async () => {
    const given = fc.record({
      setting: settings,
      begin: userEdits,
      next: userEdits,
      cut: fault,
      sealIds: fc.boolean(),
      left: habits,
    });
    await holds("undo favourites", 0.15, given, async ({ setting, begin, next, cut, sealIds, left }) => {
      const [bench, scene] = await favourites(setting, sealIds);
      bench.left.habits = { ...left, probe: "none" };
      bench.right.habits = plainHabits;
      const edit = ({ leftAdds, leftRemoves, rightAdds, rightRemoves }: typeof begin) => {
        bench.left.put(...leftAdds);
        bench.left.take(...leftRemoves);
        bench.right.put(...rightAdds);
        bench.right.take(...rightRemoves);
      };
      edit(begin);
      for (let run = 0; run < 2; run++) await scene.sync();
      edit(next);
      await holdAgainstUndo(scene, cut);
    });
  });

  it("leave playlists as they were, for good, as the plan had said", async () => {
    const given = fc.record({
      setting: settings,
      right: fc.constantFrom("ranges" as const, "whole-order" as const),
      begin: letters(6),
      left: letters(6),
      other: fc.option(letters(4)),
      onRight: fc.option(letters(6)),
      cut: fault,
    });
    await holds("undo playlists", 0.15, given, async ({ setting, right, begin, left, other, onRight, cut }) => {
      const [bench, scene] = await playlists(setting, right);
      const once = (text: string) => (right === "whole-order" ? [...new Set(text)].join("") : text);
      bench.left.put("Sunday", entriesOn("left", once(begin)));
      bench.left.put("Monday", entriesOn("left", "A"));
      if (setting.mode === "sync-to") {
        bench.right.put("Sunday", entriesOn("right", once(begin)));
        bench.right.put("Monday", entriesOn("right", "A"));
      }
      for (let run = 0; run < 2; run++) await scene.sync();
      bench.left.edit(bench.left.named("Sunday"), (list) =>
        list.splice(0, list.length, ...entriesOn("left", once(left))),
      );
      if (onRight !== null) {
        bench.right.edit(bench.right.named("Sunday"), (list) =>
          list.splice(0, list.length, ...entriesOn("right", once(onRight))),
        );
      }
      if (other !== null) bench.left.put("Tuesday", entriesOn("left", once(other)));
      await holdAgainstUndo(scene, cut);
    });
  });
});
