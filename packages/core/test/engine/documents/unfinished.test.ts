import { describe, expect, it } from "vitest";
import type { AnyProvider } from "../../../src/index.ts";
import { idOf, inStep, type NotesBench } from "./notes-bench.ts";

/** A service whose writes take several requests; of these notes one was cut off in its middle. */
function withUnfinished(provider: AnyProvider, unfinished: Set<string>, updates: object[]): AnyProvider {
  const { notes } = provider.collections;
  if (notes?.shape !== "documents" || !notes.write) throw new Error("these are notes that can be written");
  const { read, write } = notes;
  const marked = <T extends { readonly id?: string }>(entry: T): T =>
    entry.id !== undefined && unfinished.has(entry.id) ? { ...entry, unfinished: true as const } : entry;
  const told: typeof notes = {
    ...notes,
    read: {
      ...read,
      async *list(session, options) {
        for await (const page of read.list(session, options)) yield { ...page, entries: page.entries.map(marked) };
      },
      get: async (session, id) => {
        const answer = await read.get(session, id);
        return answer.state === "found" ? marked(answer) : answer;
      },
    },
    write: {
      ...write,
      update: async (session, request) => {
        updates.push(request.item);
        const written = await write.update(session, request);
        unfinished.delete(request.id);
        return written;
      },
    },
  };
  return { ...provider, collections: { notes: told } };
}

async function opened(mode: "bidirectional" | "sync-from" = "bidirectional") {
  const bench = await inStep(3, { mode });
  const [left, right] = [new Set<string>(), new Set<string>()];
  const updates: object[] = [];
  const providers = [
    withUnfinished(bench.left.provider(), left, updates),
    withUnfinished(bench.right.provider(), right, updates),
  ];
  return { bench, left, right, updates, engine: () => bench.engine({ providers }) };
}

/** So that a listing is made, whatever a probe says. */
const touch = (bench: NotesBench) => bench.left.put({ title: `more ${bench.left.notes().size}` });

describe("a document of which a write was cut off in its middle", () => {
  it.each(["left", "right"] as const)(
    "is finished by an update of nothing, which the plan shows (%s)",
    async (side) => {
      const on = await opened();
      on[side].add(idOf(on.bench[side], 1));
      touch(on.bench);
      const [plan] = (await on.engine().plan(on.bench.request())).pairs;
      const planned = plan?.ok ? plan.operations.filter(({ kind }) => kind === "update") : [];
      expect(planned).toMatchObject([{ reason: { code: "update.rest" }, on: side === "left" ? "source" : "target" }]);
      expect([on.updates, on[side].size]).toEqual([[], 1]);
      const report = await on.bench.sync({}, "bidirectional", on.engine());
      expect(report).toMatchObject({ status: "succeeded", counts: { updated: 1, added: 1 } });
      expect([on.updates, on[side].size]).toEqual([[{}], 0]);
      touch(on.bench);
      expect((await on.bench.sync({}, "bidirectional", on.engine())).counts).toMatchObject({ updated: 0, added: 1 });
    },
  );

  it("is finished by the edit that comes anyway", async () => {
    const on = await opened();
    on.right.add(idOf(on.bench.right, 1));
    on.bench.left.edit(idOf(on.bench.left, 1), { body: "edited" });
    const report = await on.bench.sync({}, "bidirectional", on.engine());
    expect(report.items).toMatchObject([{ kind: "updated", reason: { code: "update.edited" } }]);
    expect(on.updates).toEqual([{ body: "edited" }]);
  });

  it("is left as it is on a side that is only read", async () => {
    const on = await opened("sync-from");
    on.left.add(idOf(on.bench.left, 1));
    on.right.add(idOf(on.bench.right, 2));
    touch(on.bench);
    await on.bench.sync({}, "sync-from", on.engine());
    expect([on.left.size, on.right.size, on.updates]).toEqual([1, 0, [{}]]);
  });
});
