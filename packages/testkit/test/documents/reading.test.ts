import { describe, expect, it } from "vitest";
import { failureOf, type NotesBench, notesBench, operationId } from "./support/notes-bench.ts";

const titled = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `Note ${index + 1}` }));

async function probe({ notes, session }: NotesBench) {
  return notes.read.probe?.read(session, { rows: 0 });
}

describe("listing", () => {
  it("gives pages of its size, oldest or newest first, and a page of nothing when empty", async () => {
    const bench = notesBench({ pageSize: 2 });
    expect((await bench.pages()).map(({ entries }) => entries)).toEqual([[]]);
    bench.service.putAll(titled(5));
    expect((await bench.pages()).map(({ entries }) => entries.length)).toEqual([2, 2, 1]);
    expect(await bench.ids()).toEqual(["paper-1", "paper-2", "paper-3", "paper-4", "paper-5"]);
    bench.service.adopt({ order: "newest-first" });
    expect(await bench.ids()).toEqual(["paper-5", "paper-4", "paper-3", "paper-2", "paper-1"]);
  });

  it("keeps to smaller pages when asked, never to larger ones", async () => {
    const { notes, session, service } = notesBench({ pageSize: 3 });
    service.putAll(titled(4));
    for (const [pageSize, first] of [
      [1, 1],
      [50, 3],
    ] as const) {
      for await (const { entries } of notes.read.list(session, { pageSize })) {
        expect(entries).toHaveLength(first);
        break;
      }
    }
  });

  it("has another order each time where order means nothing, with every row once", async () => {
    const { ids, service } = notesBench({ order: "unsteady", pageSize: 3 });
    service.putAll(titled(12));
    const [first, second] = [await ids(), await ids()];
    expect(first).not.toEqual(second);
    expect(first.toSorted()).toEqual(second.toSorted());
    expect(new Set(first).size).toBe(12);
  });

  it("shows one moment, or lets rows shift under the reader", async () => {
    for (const paging of ["snapshot", "offset"] as const) {
      const { notes, session, service } = notesBench({ paging, pageSize: 2 });
      service.putAll(titled(4));
      const seen: (string | undefined)[] = [];
      for await (const { entries } of notes.read.list(session, {})) {
        seen.push(...entries.map(({ id }) => id));
        if (seen.length === 2) service.remove("paper-1");
      }
      const all = ["paper-1", "paper-2", "paper-3", "paper-4"];
      expect(seen).toEqual(paging === "snapshot" ? all : all.filter((id) => id !== "paper-3"));
    }
  });

  it("counts its rows right, wrong or not at all", async () => {
    const bench = notesBench();
    bench.service.putAll(titled(3));
    const totals = async () => (await bench.pages()).map(({ total }) => total);
    expect(await totals()).toEqual([3]);
    bench.service.adopt({ totals: "inexact" });
    expect(await totals()).toEqual([4]);
    bench.service.adopt({ totals: "absent" });
    expect(await totals()).toEqual([undefined]);
    expect(bench.notes.read.totals).toBe("inexact");
  });

  it("names what was deleted, with its time, until the bin is emptied", async () => {
    const { rows, service, clock, pages } = notesBench({ tombstones: "listed", deletedAt: true });
    const [id = ""] = service.putAll(titled(2));
    service.remove(id);
    expect(await rows()).toMatchObject([{ state: "deleted", id, deletedAtMs: clock.now() }, { state: "listed" }]);
    expect((await pages())[0]?.total).toBe(1);
    service.adopt({ deletedAt: false });
    expect((await rows())[0]).toEqual({ state: "deleted", id });
    service.emptyBin();
    expect(await rows()).toMatchObject([{ state: "listed" }]);
  });

  it("shows notes in a bad way as what they are", async () => {
    const { rows, notes, session, service } = notesBench();
    const ids = service.putAll(titled(4));
    for (const [index, how] of (["unreadable", "nameless", "garbled", "foreign"] as const).entries()) {
      service.spoil(ids[index] ?? "", how);
    }
    const found = await rows();
    expect(found).toMatchObject([
      { state: "unreadable", id: "paper-1" },
      { state: "unreadable" },
      { state: "listed", id: "paper-3" },
      { state: "unsyncable", id: "paper-4", reason: "unsupported" },
    ]);
    expect(found[1]).not.toHaveProperty("id");
    expect(() => (found[2]?.state === "listed" ? notes.toUniversal(found[2].native) : undefined)).toThrow(TypeError);
    expect(await failureOf(notes.read.get(session, "paper-1"))).toBe("MalformedAnswerError");
    service.spoil("paper-3", "fine");
    const mended = (await rows())[2];
    expect(mended?.state === "listed" ? notes.toUniversal(mended.native).title : mended).toBe("Note 3");
    service.spoil("paper-1", "fine");
    expect((await rows())[0]).toMatchObject({ state: "listed", id: "paper-1" });
  });

  it("shows versions and times as far as the service has them", async () => {
    const { rows, pages, service, clock } = notesBench({ times: { offsetMs: 90_000, resolutionMs: 60_000 } });
    service.put({ title: "Milk" });
    const serverTimeMs = Math.floor((clock.now() + 90_000) / 60_000) * 60_000;
    expect(await pages()).toMatchObject([{ serverTimeMs, entries: [{ modifiedAtMs: serverTimeMs }] }]);
    service.adopt({ times: "none", versions: "none", preconditions: "none" });
    expect(await rows()).toEqual([{ state: "listed", id: "paper-1", native: expect.anything() }]);
    expect((await pages())[0]).not.toHaveProperty("serverTimeMs");
    expect(() => service.adopt({ preconditions: "conditional" })).toThrow(RangeError);
  });

  it("has ids that tell nothing, or too much", async () => {
    const bench = notesBench({ ids: "sensitive" });
    expect(bench.service.put({ title: "Milk" })).toContain("@");
    expect(bench.service.provider().itemIds).toBe("sensitive");
    expect(notesBench().service.provider().itemIds).toBe("opaque");
  });
});

describe("a probe", () => {
  it("has the fingerprint of the listing, and another one after any write", async () => {
    const bench = notesBench({ probe: "exact", pageSize: 2, tombstones: "listed" });
    const seen = new Set<string>();
    const look = async () => {
      const pages = await bench.pages();
      expect(new Set(pages.map(({ fingerprint }) => fingerprint)).size).toBe(1);
      const answer = await probe(bench);
      expect(answer).toEqual({ rows: bench.service.notes().size, fingerprint: pages.at(-1)?.fingerprint });
      seen.add(answer?.fingerprint ?? "");
      return seen.size;
    };
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
    const [id = ""] = bench.service.putAll(titled(3));
    expect(await look()).toBe(2);
    bench.service.touch(id);
    expect(await look()).toBe(3);
    bench.service.remove(id);
    expect(await look()).toBe(4);
    bench.service.emptyBin();
    expect(await look()).toBe(5);
  });

  it("that is a hint overlooks what is in the middle", async () => {
    const bench = notesBench({ probe: "hint" });
    const ids = bench.service.putAll(titled(3));
    const before = await probe(bench);
    bench.service.edit(ids[1] ?? "", { body: "changed" });
    expect(await probe(bench)).toEqual(before);
    bench.service.edit(ids[0] ?? "", { body: "changed" });
    expect(await probe(bench)).not.toEqual(before);
    expect(bench.notes.read.probe?.exact).toBe(false);
  });

  it("is there only where the service has one", () => {
    expect(notesBench().notes.read).not.toHaveProperty("probe");
  });
});

describe("reads that lag", () => {
  it("show what was there before the last writes, each kind for its own time", async () => {
    const bench = notesBench({ lag: { listMs: 5_000, getMs: 2_000 }, probe: "exact" });
    const { service, notes, session, clock, create, rows, ids } = bench;
    const kept = service.put({ title: "Milk" });
    const removed = service.put({ title: "Bread" });
    await clock.sleep(10_000);
    const before = await probe(bench);
    service.edit(kept, { title: "Oat milk" });
    service.remove(removed);
    const { id: made } = await create({ title: "Eggs" });
    expect(notes.write.consistencyWindowMs).toBe(5_000);

    const heading = async () => {
      const answer = await notes.read.get(session, kept);
      return answer.state === "found" ? answer.native.heading : answer.state;
    };
    const shown = async (id: string) => (await notes.read.get(session, id)).state;
    expect([await heading(), await shown(removed), await shown(made)]).toEqual(["Milk", "found", "gone"]);
    expect(await ids()).toEqual([kept, removed]);
    expect(await probe(bench)).toEqual(before);

    await clock.sleep(2_000);
    expect([await heading(), await shown(removed), await shown(made)]).toEqual(["Oat milk", "gone", "found"]);
    expect(await rows()).toMatchObject([{ native: { heading: "Milk" } }, { id: removed }]);

    await clock.sleep(3_000);
    expect(await rows()).toMatchObject([{ native: { heading: "Oat milk" } }, { id: made }]);
    expect(await probe(bench)).not.toEqual(before);
  });

  it("show the old version too, by which a conditional write is refused", async () => {
    const { service, notes, session, clock } = notesBench({ lag: { listMs: 0, getMs: 2_000 } });
    const id = service.put({ title: "Milk" });
    await clock.sleep(10_000);
    service.edit(id, { title: "Oat milk" });
    const old = await notes.read.get(session, id);
    if (old.state !== "found") throw new Error("it is there");
    const late = { id, operationId: operationId("delete"), ...(old.version ? { ifVersion: old.version } : {}) };
    expect(await failureOf(notes.write.delete(session, late))).toBe("version-moved");
  });

  it("may be every other one", async () => {
    const { service, clock, ids } = notesBench({ lag: { listMs: 5_000, getMs: 0, manner: "flapping" } });
    await clock.sleep(10_000);
    service.put({ title: "Milk" });
    expect([await ids(), await ids(), await ids()].map(({ length }) => length)).toEqual([0, 1, 0]);
  });
});
