import type { Catalogue, ListPage, MembershipCollection, MembershipWriter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import {
  fastForwardClock,
  inventedRecordings,
  type LibraryHabits,
  type Recording,
  syntheticLibrary,
} from "../../src/index.ts";
import { failureOf, sessionOf } from "../documents/support/notes-bench.ts";

type Favorites = MembershipCollection<Recording> & { readonly write: MembershipWriter };

/** Songs 0 to 9; the last two recordings are of the same song. */
const recordings = inventedRecordings("r", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);

function libraryBench(habits: Partial<LibraryHabits> = {}) {
  const clock = fastForwardClock();
  const library = syntheticLibrary({ name: "shelf", clock, recordings, habits });
  const session = sessionOf("shelf");
  const favorites = () => library.provider().collections.favorites as Favorites;
  const pages = async () => {
    const found: ListPage<Recording>[] = [];
    for await (const page of favorites().read.list(session, {})) found.push(page);
    return found;
  };
  const ids = async () => (await pages()).flatMap(({ entries }) => entries.map(({ id }) => id));
  return {
    clock,
    library,
    session,
    pages,
    ids,
    favorites,
    catalogue: () => library.provider().catalogues?.track as Catalogue<Recording>,
    add: async (...added: string[]) =>
      (await favorites().write.add(session, added)).map(({ result, reason }) => reason ?? result),
    remove: async (...removed: string[]) =>
      (await favorites().write.remove(session, removed)).map(({ result, reason }) => reason ?? result),
    probe: () => favorites().read.probe?.read(session, { rows: 0 }),
  };
}

describe("listing a library", () => {
  it("gives its rows in pages, in the order in which they were added, with times and a total", async () => {
    const { library, clock, pages, ids, favorites } = libraryBench({ pageSize: 2 });
    library.put("r1", "r0");
    await clock.sleep(1_000);
    library.put("r5", "r1");
    expect(await ids()).toEqual(["r5", "r0", "r1"]);
    const atMs = clock.now();
    expect(await pages()).toMatchObject([
      {
        total: 3,
        entries: [
          { id: "r5", addedAtMs: atMs },
          { id: "r0", addedAtMs: atMs - 1_000 },
        ],
      },
      { total: 3, entries: [{ native: recordings[1] }] },
    ]);
    library.take("r0");
    library.put("r0");
    library.adopt({ order: "oldest-first", addedAt: false, totals: "absent" });
    expect(await ids()).toEqual(["r1", "r5", "r0"]);
    expect((await pages())[0]).not.toHaveProperty("total");
    expect((await pages())[0]?.entries[0]).not.toHaveProperty("addedAtMs");
    library.adopt({ order: "unsteady" });
    expect(favorites().read.order).toBe("none");
    expect((await ids()).toSorted()).toEqual(["r0", "r1", "r5"]);
  });

  it("shows what was withdrawn as the service does", async () => {
    const { library, pages, catalogue, session } = libraryBench({ order: "oldest-first" });
    library.put("r0", "r1", "r2");
    library.takeDown("r0");
    library.takeDown("r1", "unreadable");
    library.takeDown("r2", "unplayable");
    expect(await pages()).toMatchObject([
      {
        total: 2,
        entries: [
          { state: "unreadable", id: "r1" },
          { state: "listed", id: "r2" },
        ],
      },
    ]);
    const states = async () =>
      Promise.all(["r0", "r1", "r2"].map(async (id) => (await catalogue().get(session, id)).state));
    expect(await states()).toEqual(["unknown-id", "unavailable", "unavailable"]);
    expect(library.ids()).toEqual(["r0", "r1", "r2"]);
    for (const id of library.ids()) library.bringBack(id);
    expect(await states()).toEqual(["available", "available", "available"]);
    expect((await pages())[0]?.total).toBe(3);
  });

  it("lies, fails and leads in circles on demand", async () => {
    const { library, pages, ids } = libraryBench({ pageSize: 2, order: "oldest-first" });
    library.put(...["r0", "r1", "r2", "r3", "r4"]);
    library.adopt({ lie: { lie: "missing-page", page: 2 } });
    expect(await ids()).toEqual(["r0", "r1", "r4"]);
    library.adopt({ lie: { lie: "looping", page: 2 } });
    expect(await failureOf(pages())).toBe("MalformedAnswerError");
    library.adopt({ lie: { lie: "failing-page", page: 3, with: { kind: "unavailable" } } });
    expect(await failureOf(pages())).toBe("unavailable");
    library.behave({ container: "gone" });
    expect(await failureOf(pages())).toBe("not-found");
    library.behave({ container: "forbidden" });
    expect(await failureOf(pages())).toBe("forbidden");
    library.behave();
    expect(await ids()).toHaveLength(5);
  });

  it("lags behind additions and removals, and so does its probe", async () => {
    const { library, clock, ids, pages, probe, add, remove, favorites } = libraryBench({
      lag: { listMs: 5_000 },
      probe: "exact",
    });
    library.put("r0");
    await clock.sleep(10_000);
    const before = await probe();
    await add("r1");
    await remove("r0");
    expect(favorites().write.consistencyWindowMs).toBe(5_000);
    expect([await ids(), await probe()]).toEqual([["r0"], before]);
    await clock.sleep(5_000);
    expect(await ids()).toEqual(["r1"]);
    const [row] = (await pages())[0]?.entries ?? [];
    library.take("r1");
    await clock.sleep(1_000);
    library.put("r1");
    expect((await pages())[0]?.entries).toEqual([row]);
    await clock.sleep(5_000);
    expect((await pages())[0]?.entries).not.toEqual([row]);
    expect(await probe()).not.toEqual(before);
  });
});

describe("probing a library", () => {
  it("finds the fingerprint of the listing, which comes back when the same things are there", async () => {
    const { library, pages, probe } = libraryBench({ probe: "exact", pageSize: 2 });
    library.put("r0", "r1", "r2");
    const listed = (await pages()).map(({ fingerprint }) => fingerprint);
    expect(listed).toEqual([expect.any(String), listed[0]]);
    expect(await probe()).toEqual({ rows: 3, fingerprint: listed[1] });
    library.take("r1");
    expect((await probe())?.fingerprint).not.toBe(listed[1]);
    library.put("r1");
    expect((await probe())?.fingerprint).toBe(listed[1]);
  });

  it("overlooks by a hint what leaves the count and the first row as they were", async () => {
    const { library, probe } = libraryBench({ probe: "hint" });
    library.put("r0", "r1", "r2");
    const before = await probe();
    library.take("r0", "r1", "r2");
    library.put("r5", "r6", "r2");
    expect(await probe()).toEqual(before);
    library.put("r7");
    expect(await probe()).not.toEqual(before);
  });
});

describe("writing to a library", () => {
  it("answers for each item what became of it", async () => {
    const { library, add, remove } = libraryBench({
      refuse: ({ kind, id }) => (kind === "add" && id === "r3" ? "not-here" : undefined),
    });
    library.put("r0");
    expect(await add("r0", "r1", "unknown", "r3")).toEqual(["already-there", "written", "not-found", "not-here"]);
    expect(await remove("r0", "r5", "unknown")).toEqual(["written", "not-found", "not-found"]);
    library.put("of-another-market");
    expect(await remove("of-another-market")).toEqual(["written"]);
    expect(library.ids()).toEqual(["r1"]);
    expect(library.log.slice(0, 3)).toMatchObject([
      { turn: 1, by: "user", kind: "add", id: "r0" },
      { turn: 2, by: "sync", kind: "add", id: "r1" },
      { turn: 3, by: "sync", kind: "remove", id: "r0" },
    ]);
  });

  it("refuses a batch as a whole where the service does, and does nothing of it", async () => {
    const { library, add } = libraryBench({ repeatedAdd: "refused", unknownIds: "refused" });
    library.put("r0");
    expect(await failureOf(add("r0", "r1"))).toBe("already-there");
    expect(await failureOf(add("unknown", "r1"))).toBe("not-found");
    expect(library.ids()).toEqual(["r0"]);
  });

  it("loses what is written, before or after it takes effect", async () => {
    const { library, add } = libraryBench();
    library.lose("r0");
    library.lose("r1", "after");
    expect(await add("r0", "r1", "r2")).toEqual(["unknown", "unknown", "written"]);
    expect(library.ids()).toEqual(["r1", "r2"]);
    expect(await add("r0")).toEqual(["written"]);
  });

  it("stops when it is full, in the middle of a batch too", async () => {
    const { library, add } = libraryBench({ maxItems: 2 });
    expect(await add("r0", "r1", "r2")).toEqual(["written", "written", "collection-full"]);
    expect(await failureOf(add("r2"))).toBe("collection-full");
    expect(() => library.put("r2")).toThrow(RangeError);
    expect(await add("r0")).toEqual(["already-there"]);
  });

  it("tells an engine that does not keep to its word", async () => {
    const { library, add, remove } = libraryBench({ batchSize: { add: 2, remove: 1 } });
    await expect(add("r0", "r1", "r2")).rejects.toThrow(RangeError);
    await expect(remove("r0", "r1")).rejects.toThrow(RangeError);
    await expect(add("r0", "r0")).rejects.toThrow(RangeError);
    expect(library.writeCalls).toBe(0);
  });

  it("fails and dies on demand", async () => {
    const { library, add } = libraryBench();
    library.fail({ calls: "add", with: { kind: "outcome-unknown" }, moment: "after" });
    expect(await failureOf(add("r0"))).toBe("OutcomeUnknownError");
    expect(library.ids()).toEqual(["r0"]);
    library.onCall(({ moment, ids }) => {
      if (moment === "before" && ids.includes("r1")) throw new Error("killed");
    });
    await expect(add("r1")).rejects.toThrow("killed");
    expect(library.ids()).toEqual(["r0"]);
  });
});

describe("the catalogue", () => {
  it("finds all recordings of a song by its key, and leaves out what is not to be had", async () => {
    const { library, catalogue, session } = libraryBench();
    const isrc = recordings[9]?.isrc ?? "";
    const find = async () => (await catalogue().lookups.isrc?.find(session, [isrc, "none"]))?.get(isrc);
    expect(await find()).toEqual([recordings[9], recordings[10]]);
    library.takeDown("r9");
    expect(await find()).toEqual([recordings[10]]);
    library.takeDown("r10");
    expect(await catalogue().lookups.isrc?.find(session, [isrc])).toEqual(new Map());
  });

  it("can be searched where the service lets it", async () => {
    expect(libraryBench().catalogue()).not.toHaveProperty("search");
    const { catalogue, session } = libraryBench({ search: "by-title" });
    const { title = "", artist = "" } = recordings[3] ?? {};
    expect(await catalogue().search?.find(session, { by: "fields", title, artist })).toEqual([recordings[3]]);
    expect(await catalogue().search?.find(session, { by: "words", words: `${artist} ${title}` })).toEqual([
      recordings[3],
    ]);
  });

  it("has as many songs as one likes, each with its own name and key", () => {
    const many = inventedRecordings("x", [...Array(2_000).keys()]);
    expect(new Set(many.map(({ title }) => title)).size).toBe(2_000);
    expect(new Set(many.map(({ isrc }) => isrc)).size).toBe(2_000);
  });
});

it("goes back to a snapshot, whatever happened since", async () => {
  const { library, ids, add } = libraryBench({ order: "unsteady" });
  library.put("r0", "r1", "r2", "r3");
  library.takeDown("r0");
  library.lose("r5");
  const snapshot = library.snapshot();
  const before = await ids();
  library.bringBack("r0");
  library.take("r1");
  await add("r5");
  library.restore(snapshot);
  expect(library.calls).toEqual({});
  expect(await ids()).toEqual(before);
  expect(library.log).toHaveLength(4);
  library.forgetLog();
  library.take("r2");
  expect(library.log).toMatchObject([{ turn: 5, kind: "remove", id: "r2" }]);
  expect(await add("r5")).toEqual(["unknown"]);
});
