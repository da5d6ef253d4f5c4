import { expect } from "vitest";
import type { SyncMode } from "../../../../src/index.ts";
import type { Rack, RackList } from "./rack.ts";
import { entriesOn, lettersOf, RackBench } from "./rack-bench.ts";

/** Two linked playlists of these songs, in step. */
export async function inStep(letters: string, mode: SyncMode = "bidirectional", bench = new RackBench()) {
  await bench.open();
  bench.left.put("Sunday", entriesOn("left", letters));
  const first = await bench.sync(mode);
  expect(first).toMatchObject({ status: "succeeded" });
  const lists = () => ({ left: bench.left.named("Sunday"), right: bench.right.named("Sunday") });
  const shown = () => ({ left: lettersOf(lists().left), right: lettersOf(lists().right) });
  const set = (side: "left" | "right", to: string) => rearrange(bench[side], lists()[side], side, to);
  return { bench, lists, shown, set };
}

/** The user's own change of a list. */
export function rearrange(rack: Rack, list: RackList, side: "left" | "right", to: string): void {
  rack.edit(list, (entries) => entries.splice(0, entries.length, ...entriesOn(side, to)));
}

/** Another run does no more than look at the containers. */
export async function quiet(bench: RackBench): Promise<void> {
  const before = { left: bench.left.writes, right: bench.right.writes };
  // What was written is read once more; after that a look at the containers is all.
  await bench.sync();
  const calls = { left: { ...bench.left.calls }, right: { ...bench.right.calls } };
  const report = await bench.sync();
  expect(report).toMatchObject({ status: "succeeded", items: [] });
  expect({ left: bench.left.writes, right: bench.right.writes }).toEqual(before);
  for (const side of ["left", "right"] as const) {
    expect(bench[side].calls).toEqual({ ...calls[side], "list-lists": (calls[side]["list-lists"] ?? 0) + 1 });
  }
}
