import type { DocumentHabits } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { NotesBench } from "./notes-bench.ts";

const both = (habits: Partial<DocumentHabits>) => ({ left: habits, right: habits });

/** Ways in which a service knows again what was made. */
const identities = ["client-id", "marker", "none"] as const;

/** One note in step. */
async function bench(habits: Partial<DocumentHabits> = {}): Promise<NotesBench> {
  const opened = await new NotesBench(both(habits)).open();
  opened.left.put({ title: "first", body: "first" });
  await opened.sync();
  return opened;
}

const idOf = (side: NotesBench["left"], title: string) =>
  [...side.notes()].find(([, note]) => note.title === title)?.[0] ?? "";

/** Syncs until nothing is left, and then once more. @returns how many writes that last run made */
async function settle(on: NotesBench): Promise<number> {
  for (let run = 0; run < 3; run++) if ((await on.sync()).status === "succeeded") break;
  const before = on.writes;
  expect((await on.sync()).status).toBe("succeeded");
  return on.writes - before;
}

describe("F. Documents, writes whose answers do not come", () => {
  it.each(identities)("F7: a creation that is answered 500 and not applied makes one note (%s)", async (identity) => {
    const on = await bench({ identity });
    on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "unavailable" } });
    await on.sync();
    expect(await settle(on)).toBe(0);
    expect(on.shown.right).toEqual(["first: first", "new: new"]);
    expect(on.shown.left).toEqual(on.shown.right);
  });

  it.each(identities)("F8: a creation that timed out but was applied makes one note (%s)", async (identity) => {
    const on = await bench({ identity });
    on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "outcome-unknown" }, moment: "after" });
    expect((await on.sync()).status).toBe("partial");
    const made = on.writes;
    expect(await settle(on)).toBe(0);
    expect(on.writes, "it is adopted").toBe(made);
    expect(on.shown.right).toEqual(["first: first", "new: new"]);
    expect((await on.links()).filter(({ state }) => state === "linked")).toHaveLength(2);
  });

  it.each(identities)("F8: a creation that was lost on the way is made again (%s)", async (identity) => {
    const on = await bench({ identity });
    on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "outcome-unknown" } });
    expect((await on.sync()).status).toBe("partial");
    expect(await settle(on)).toBe(0);
    expect(on.shown.right).toEqual(["first: first", "new: new"]);
  });

  it.each(identities)("F8: edited before the next run, it is one note with the edit (%s)", async (identity) => {
    const on = await bench({ identity });
    const id = on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "outcome-unknown" }, moment: "after" });
    await on.sync();
    on.left.edit(id, { body: "edited" });
    expect(await settle(on)).toBe(0);
    expect(on.shown.right).toEqual(["first: first", "new: edited"]);
    expect(on.shown.left).toEqual(on.shown.right);
    expect(await on.conflicts()).toEqual([]);
  });

  it.each(["before", "after"] as const)("E4: an update whose answer is lost, %s it took effect", async (moment) => {
    const on = await bench({ identity: "marker" });
    on.left.edit(idOf(on.left, "first"), { body: "edited" });
    on.right.fail({ calls: "update", with: { kind: "outcome-unknown" }, moment });
    expect((await on.sync()).status).toBe("partial");
    const made = on.writes;
    expect(await settle(on)).toBe(0);
    expect(on.writes - made).toBe(moment === "before" ? 1 : 0);
    expect(on.shown.right).toEqual(["first: edited"]);
    expect(await on.conflicts()).toEqual([]);
  });

  it("F17: 409 for the id of our own creation: what is there is adopted", async () => {
    const on = await bench({ identity: "client-id", lag: { listMs: 40_000, getMs: 0 } });
    await on.clock.advance(600_000);
    on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "outcome-unknown" }, moment: "after" });
    await on.sync();
    // The provider was told that listings are not so late, and the creation is tried again before it can be seen.
    const engine = on.engine();
    on.right.adopt({ lag: { listMs: 300_000, getMs: 0 } });
    const made = on.writes;
    await on.sync({}, "bidirectional", engine);
    expect(await on.linkStates()).toEqual({ linked: 2 });
    on.right.adopt({ lag: { listMs: 0, getMs: 0 } });
    expect(await settle(on)).toBe(0);
    expect(on.writes).toBe(made);
    expect(on.shown.right).toEqual(["first: first", "new: new"]);
  });

  it("F20: of many creations some are done when the service asks for a day of quiet: the rest follows", async () => {
    const on = await bench();
    on.left.putAll(Array.from({ length: 40 }, (_, index) => ({ title: `new ${index}`, body: "new" })));
    on.right.fail({ calls: "create", skip: 24, times: 40, with: { kind: "deferred", forMs: 24 * 3_600_000 } });
    const report = await on.sync();
    expect(report.status).toBe("deferred");
    const linked = (await on.links()).filter(({ state }) => state === "linked").length;
    expect(linked).toBe(on.right.notes().size);
    expect(linked).toBeLessThan(41);
    on.right.recover();
    await on.clock.advance(25 * 3_600_000);
    expect(await settle(on)).toBe(0);
    expect(on.right.notes().size).toBe(41);
  });
});

describe("F4. Documents, a service that asks for quiet before anything is written", () => {
  it("is written when the quiet has passed, although its probe says that nothing has changed", async () => {
    const on = await bench({ probe: "exact" });
    await on.sync();
    on.left.put({ title: "new", body: "new" });
    on.right.fail({ calls: "create", with: { kind: "deferred", forMs: 3_600_000 } });
    expect((await on.sync()).status).toBe("deferred");
    await on.clock.advance(2 * 3_600_000);
    expect(await settle(on)).toBe(0);
    expect(on.shown.right).toEqual(["first: first", "new: new"]);
  });
});

describe("F. Documents, reads that lag and versions that move", () => {
  it("F14: a stale read after our own update is no edit of the user's", async () => {
    const on = await bench({ lag: { listMs: 90_000, getMs: 90_000 } });
    await on.clock.advance(600_000);
    on.left.edit(idOf(on.left, "first"), { body: "edited" });
    await on.clock.advance(120_000);
    await on.sync();
    expect(on.right.get(idOf(on.right, "first"))?.body).toBe("edited");
    const made = on.writes;
    // A minute later the right side still shows what it was before.
    await on.sync();
    expect(on.writes).toBe(made);
    await on.clock.advance(120_000);
    expect(await settle(on)).toBe(0);
    expect(on.writes).toBe(made);
    expect(await on.conflicts()).toEqual([]);
  });

  it("F16: 412 on an update: read and planned again, and at most three times", async () => {
    const on = await bench();
    on.left.edit(idOf(on.left, "first"), { body: "edited" });
    on.right.fail({ calls: "update", times: 2, with: { kind: "version-moved" } });
    expect((await on.sync()).status).toBe("succeeded");
    expect(on.shown.right).toEqual(["first: edited"]);

    on.left.edit(idOf(on.left, "first"), { body: "again" });
    const calls = on.right.calls.update ?? 0;
    const endless = on.right.fail({ calls: "update", times: 100, with: { kind: "version-moved" } });
    expect((await on.sync()).status).toBe("partial");
    expect((on.right.calls.update ?? 0) - calls).toBe(4);
    endless.withdraw();
    expect(await settle(on)).toBe(0);
    expect(on.shown.right).toEqual(["first: again"]);
    expect(await on.conflicts()).toEqual([]);
  });
});

describe("L. Documents, a user who goes while a run is under way", () => {
  it("L8: an erased user's run stops before its next write", async () => {
    const on = await bench();
    on.left.putAll(Array.from({ length: 30 }, (_, index) => ({ title: `new ${index}`, body: "new" })));
    const engine = on.engine();
    let state: "there" | "being erased" | "erased" = "there";
    let [before, after] = [0, 0];
    on.right.onCall(async ({ kind, moment }) => {
      if (kind !== "create" || moment !== "after") return;
      if (state === "erased") after++;
      else before++;
      if (state !== "there") return;
      state = "being erased";
      await engine.users.erase({ userId: "user-1" });
      state = "erased";
    });
    const ended = await engine.sync(on.request()).catch((error: { code?: string }) => error);
    on.right.onCall(undefined);
    // What was on its way in that moment, and nothing that had not begun.
    expect(after).toBeLessThan(8);
    expect(on.right.notes().size).toBeLessThanOrEqual(before + 8);
    expect(before).toBeLessThanOrEqual(16);
    expect("pairs" in ended ? ended.pairs[0]?.status : ended.code).not.toBe("succeeded");
    for (const table of ["links", "intents", "intent_items", "conflicts", "sync_pairs"] as const) {
      expect(await on.storage.count({ table }), table).toBe(0);
    }
  });
});
