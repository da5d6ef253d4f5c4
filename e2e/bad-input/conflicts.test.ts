import { tableNames } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { NOTES_USER, type NotesHost, notesHost } from "../support/notes-host.ts";
import { hostileValues } from "./support/hostile.ts";
import { expectRefusal, outcomeOf, problemOf } from "./support/refusals.ts";

async function dump({ storage }: NotesHost): Promise<string> {
  return JSON.stringify(await Promise.all(tableNames.map((table) => storage.select({ table }))));
}

/** What types forbid and JavaScript allows. */
function untyped(value: unknown): never {
  return value as never;
}

/** Two-way notes, so many of them edited on both sides. */
async function inConflict(count: number): Promise<NotesHost> {
  const host = await notesHost();
  const ids = host.left.putAll(
    Array.from({ length: count }, (_, index) => ({ title: `note ${index}`, body: "first" })),
  );
  await host.sync();
  for (const id of ids) host.left.edit(id, { body: "left" });
  for (const id of host.right.notes().keys()) host.right.edit(id, { body: "right" });
  await host.sync();
  return host;
}

const firstOf = async ({ engine }: NotesHost) => {
  const [conflict] = await engine.conflicts.list(NOTES_USER);
  if (!conflict) throw new Error("there is no conflict");
  return conflict;
};

describe("conflicts that are asked for in the wrong way", () => {
  it("one that is not there, and another user's or tenant's, are the same, and nothing is stored", async () => {
    const host = await inConflict(3);
    const { id } = await firstOf(host);
    const before = await dump(host);
    const { conflicts } = host.engine;
    for (const ref of [
      { ...NOTES_USER, conflictId: "conflict_of_nobody" },
      { userId: "user-2", conflictId: id },
      { ...NOTES_USER, tenantId: "tenant-2", conflictId: id },
    ]) {
      await expectRefusal(() => conflicts.get(ref), "conflict.unknown");
      await expectRefusal(() => conflicts.decide({ ...ref, winner: "source" }), "conflict.unknown");
      await expectRefusal(() => conflicts.list({ ...ref, after: ref.conflictId }), "conflict.unknown");
    }
    expect(await conflicts.list({ userId: "user-2" })).toEqual([]);
    expect(await conflicts.list({ ...NOTES_USER, pairId: "pair_of_nobody" })).toEqual([]);
    expect(await dump(host)).toBe(before);
  });

  it("a winner that is none, limits and states that there are not, a request that is no request", async () => {
    const host = await inConflict(3);
    const { id: conflictId } = await firstOf(host);
    const before = await dump(host);
    const { conflicts } = host.engine;
    const ref = { ...NOTES_USER, conflictId };
    for (const winner of [undefined, null, "", "left", "both", "SOURCE", 1, {}, ["source"]]) {
      await expectRefusal(() => conflicts.decide(untyped({ ...ref, winner })), "request.invalid");
    }
    for (const limit of [0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY, "10", null]) {
      await expectRefusal(() => conflicts.list(untyped({ ...NOTES_USER, limit })), "request.invalid");
    }
    for (const state of ["all", "", null, 7]) {
      await expectRefusal(() => conflicts.list(untyped({ ...NOTES_USER, state })), "request.invalid");
    }
    for (const strange of ["", null, 7, {}, "x".repeat(201)]) {
      await expectRefusal(() => conflicts.get(untyped({ ...NOTES_USER, conflictId: strange })), "request.invalid");
      await expectRefusal(() => conflicts.list(untyped({ ...NOTES_USER, after: strange })), "request.invalid");
      await expectRefusal(() => conflicts.list(untyped({ ...NOTES_USER, pairId: strange })), "request.invalid");
    }
    for (const owner of [{}, { userId: "" }, { userId: 7 }, { userId: "user-1", tenantId: "" }]) {
      await expectRefusal(() => conflicts.list(untyped(owner)), "request.invalid");
    }
    const problems: string[] = [];
    for (const [name, value] of hostileValues) {
      const calls = {
        list: () => conflicts.list(untyped(value)),
        get: () => conflicts.get(untyped(value)),
        decide: () => conflicts.decide(untyped(value)),
      };
      for (const [call, make] of Object.entries(calls)) {
        const { thrown, gave } = await outcomeOf(make);
        // Somebody who has none is no mistake.
        const isEmpty = Array.isArray(gave) && gave.length === 0;
        const problem = thrown === undefined ? !isEmpty && "it gave something" : problemOf(thrown);
        if (problem) problems.push(`${call}(${name}): ${problem}`);
      }
    }
    expect(problems).toEqual([]);
    expect(await dump(host)).toBe(before);
  });

  it("a conflict that has ended is not decided any more, however it ended", async () => {
    const host = await inConflict(2);
    const { conflicts } = host.engine;
    const [one, two] = await conflicts.list(NOTES_USER);
    await conflicts.decide({ ...NOTES_USER, conflictId: one?.id ?? "", winner: "source" });
    for (const [id, { title }] of host.right.notes()) {
      const isTwo = [...host.left.notes()].find(([leftId]) => leftId === two?.source.itemId)?.[1].title === title;
      if (isTwo) host.right.edit(id, { body: "left" });
    }
    await host.sync();
    for (const [conflict, resolution] of [
      [one, "source"],
      [two, "equal"],
    ] as const) {
      const ref = { ...NOTES_USER, conflictId: conflict?.id ?? "" };
      expect(await conflicts.get(ref)).toMatchObject({ state: "resolved", resolution });
      const before = await dump(host);
      await expectRefusal(() => conflicts.decide({ ...ref, winner: "target" }), "conflict.resolved");
      expect(await dump(host)).toBe(before);
    }
  });

  it("decided twice, the last word counts; of a pair that was forgotten nothing is left", async () => {
    const host = await inConflict(1);
    const { conflicts, pairs } = host.engine;
    const { id: conflictId, pairId } = await firstOf(host);
    await conflicts.decide({ ...NOTES_USER, conflictId, winner: "source" });
    await conflicts.decide({ ...NOTES_USER, conflictId, winner: "target" });
    await host.sync();
    expect([...host.left.notes().values()].map(({ body }) => body)).toEqual(["right"]);
    await pairs.forget({ ...NOTES_USER, pairId });
    expect(await conflicts.list({ ...NOTES_USER, state: "resolved" })).toEqual([]);
    await expectRefusal(() => conflicts.get({ ...NOTES_USER, conflictId }), "conflict.unknown");
  });
});

describe("conflicts, page by page", () => {
  it("each once, in the order of their finding, whatever the size of a page", async () => {
    const host = await inConflict(12);
    host.left.put({ title: "later", body: "first" });
    await host.sync();
    for (const service of [host.left, host.right]) {
      const [id = ""] = [...service.notes()].find(([, { title }]) => title === "later") ?? [];
      service.edit(id, { body: service.name });
    }
    await host.sync();
    const { conflicts } = host.engine;
    const all = await conflicts.list(NOTES_USER);
    expect(all).toHaveLength(13);
    expect(all.map(({ foundAtMs }) => foundAtMs)).toEqual(all.map(({ foundAtMs }) => foundAtMs).sort((a, b) => a - b));
    for (const limit of [1, 5, 13, 1_000]) {
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await conflicts.list({ ...NOTES_USER, limit, ...(after === undefined ? {} : { after }) });
        expect(page.length).toBeLessThanOrEqual(limit);
        seen.push(...page.map(({ id }) => id));
        after = page.at(-1)?.id;
        if (page.length < limit || after === undefined) break;
      }
      expect(seen).toEqual(all.map(({ id }) => id));
    }
  });
});
