import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContainerSelection, SyncMode, SyncOptions } from "../../../src/index.ts";
import { holds, patient } from "../support/invented.ts";
import type { RackList } from "./support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

const MARKS = ["♫ ", "[L] ", "→"] as const;
const marks = new RegExp(`${MARKS.map((mark) => mark.trim().replaceAll(/[[\]]/g, "\\$&")).join("|")}`, "g");
const bare = (name: string) => name.replaceAll(marks, "").trim();
const COUNT = 4;

interface Step {
  readonly act: "select" | "prefix" | "rename" | "fill" | "sync";
  readonly side: "left" | "right";
  readonly list: number;
  readonly choice: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom<Step["act"]>("select", "prefix", "rename", "fill", "sync", "sync"),
  side: fc.constantFrom("left", "right"),
  list: fc.nat(COUNT - 1),
  choice: fc.nat(3),
});

/** One user's playlists, in whose pair somebody keeps changing what is chosen and what copies are called. */
class History {
  readonly bench = new RackBench();
  readonly #mode: SyncMode;
  /** What is asked for with the next sync. */
  #asked: SyncOptions = {};
  #renamed = 0;

  constructor(mode: SyncMode) {
    this.#mode = mode;
  }

  async begin(): Promise<void> {
    await this.bench.open();
    for (let list = 0; list < COUNT; list++) this.bench.left.put(`list ${list}`, entriesOn("left", "A"));
  }

  async take({ act, side, list, choice }: Step): Promise<void> {
    const shown = [...this.bench[side].lists.values()][list];
    if (act === "select") this.#asked = { ...this.#asked, select: selectionOf(list, choice) };
    else if (act === "prefix") this.#asked = { ...this.#asked, prefix: { target: ["", ...MARKS][choice] ?? "" } };
    else if (act === "sync") await this.sync();
    // One way, what the copy is called by its user is nobody's business.
    else if (act === "rename" && shown && (side === "left" || this.#mode === "bidirectional"))
      this.#rename(shown, choice);
    else if (act === "fill" && shown) {
      const letters = [...lettersOf(shown)];
      const next = ["B", "C", "D", "E"][choice] ?? "F";
      if (side === "left" && !letters.includes(next)) {
        this.bench.left.edit(shown, (entries) => entries.push(...entriesOn("left", next)));
      }
    }
  }

  /** Keeps what stands before the name, or (one in four) takes it away. */
  #rename(shown: RackList, choice: number): void {
    const mark = choice === 0 ? "" : (MARKS.find((each) => shown.name.startsWith(each)) ?? "");
    shown.name = `${mark}${choice % 2 === 0 ? "#" : ""}name ${++this.#renamed}`;
    shown.version++;
  }

  async sync(options: SyncOptions = {}) {
    const asked = { conflictPolicy: "source-wins", ...this.#asked, ...options } as const;
    this.#asked = {};
    const before = new Map([...this.bench.left.lists.values()].map(({ id, name }) => [id, name]));
    const report = await this.bench.sync(this.#mode, asked);
    expect([this.bench.left.calls.delete ?? 0, this.bench.right.calls.delete ?? 0]).toEqual([0, 0]);
    for (const { id, name } of this.bench.left.lists.values()) {
      expect(name).toBe(bare(name));
      if (this.#mode !== "bidirectional") expect(name).toBe(before.get(id));
    }
    for (const { name } of this.bench.right.lists.values()) expect(name.match(marks)?.length ?? 0).toBeLessThan(2);
    return report;
  }
}

function selectionOf(list: number, choice: number): ContainerSelection {
  const ids = { source: [`left-list-${list + 1}`] };
  return [{}, { ids }, { exceptIds: ids }, { names: [{ startsWith: "#" }] }][choice] ?? {};
}

describe("histories of chosen playlists and their copies' names", patient, () => {
  it("delete nothing, carry no prefix back, put none before another, and come to rest with both sides equal", async () => {
    const modes = fc.constantFrom<SyncMode>("bidirectional", "sync-from");
    const first = fc.constantFrom("", ...MARKS);
    const given = fc.record({ steps: fc.array(step, { minLength: 3, maxLength: 14 }), mode: modes, target: first });
    await holds("chosen playlists", 0.05, given, async ({ steps, mode, target }) => {
      const history = new History(mode);
      await history.begin();
      await history.sync({ prefix: { target } });
      for (const each of steps) await history.take(each);
      await history.sync({ select: {} });
      for (let run = 0; run < 3; run++) await history.sync();
      expect(await history.sync()).toMatchObject({ status: "succeeded", items: [] });
      const { left, right } = history.bench;
      const shown = (lists: Iterable<RackList>) =>
        [...lists].map((list) => `${bare(list.name)}: ${lettersOf(list)}`).sort();
      expect(shown(right.lists.values())).toEqual(shown(left.lists.values()));
    });
  });
});
