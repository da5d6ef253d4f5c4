import { describe, expect, it } from "vitest";
import type { InvalidRequestError } from "../../../src/index.ts";
import { Bench, only } from "../support/bench.ts";
import { idOfBook, NotebooksBench, USER } from "./notebooks.ts";

function titles(book: { notes(): ReadonlyMap<string, { readonly title?: string }> }): readonly string[] {
  return [...book.notes().values()].map(({ title = "" }) => title).sort();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "none",
    (error: InvalidRequestError) => error.code,
  );
}

describe("documents in containers", () => {
  it("are synced between the two containers that a pair names, and no others", async () => {
    const bench = await new NotebooksBench().open();
    const { left, right } = bench;
    left.books.work.put({ title: "report" });
    left.books.home.put({ title: "shopping" });
    right.books.work.put({ title: "theirs" });
    expect((await bench.sync(["left", "work"], ["right", "home"])).counts).toMatchObject({ added: 1 });
    expect([titles(left.books.work), titles(right.books.home)]).toEqual([["report"], ["report"]]);
    expect([titles(left.books.home), titles(right.books.work)]).toEqual([["shopping"], ["theirs"]]);
  });

  it("are kept apart where notes of two containers have the same id", async () => {
    const bench = await new NotebooksBench().open();
    const { left, right } = bench;
    const [inWork, atHome] = [left.books.work.put({ title: "report" }), left.books.home.put({ title: "shopping" })];
    expect(inWork).toBe(atHome);
    await bench.sync(["left", "work"], ["right", "work"]);
    await bench.sync(["left", "home"], ["right", "home"]);
    left.books.home.remove(atHome);
    await bench.sync(["left", "work"], ["right", "work"]);
    expect((await bench.sync(["left", "home"], ["right", "home"])).counts).toMatchObject({ removed: 1 });
    expect([titles(right.books.work), titles(right.books.home)]).toEqual([["report"], []]);
    const explain = async (externalId: string) =>
      (await bench.engine().explain({ ...USER, connectionId: await bench.connectionId("left"), externalId })).map(
        ({ state }) => state,
      );
    expect((await explain(inWork)).sort()).toEqual(["dropped", "linked"]);
  });

  it("can be in two containers of one connection", async () => {
    const bench = await new NotebooksBench().open();
    const { work, home } = bench.left.books;
    work.put({ title: "report" });
    await bench.sync(["left", "work"], ["left", "home"]);
    home.put({ title: "shopping" });
    await bench.sync(["left", "work"], ["left", "home"]);
    expect([titles(work), titles(home)]).toEqual([
      ["report", "shopping"],
      ["report", "shopping"],
    ]);
    expect((await bench.sync(["left", "work"], ["left", "home"])).counts).toMatchObject({ added: 0, updated: 0 });
  });

  it("go round a ring of containers without coming back", async () => {
    const bench = await new NotebooksBench().open();
    const { left, right } = bench;
    left.books.work.put({ title: "report" });
    const ring = [
      [
        ["left", "work"],
        ["left", "home"],
      ],
      [
        ["left", "home"],
        ["right", "work"],
      ],
      [
        ["right", "work"],
        ["left", "work"],
      ],
    ] as const;
    for (let round = 0; round < 3; round++) for (const [from, to] of ring) await bench.sync(from, to);
    for (const book of [left.books.work, left.books.home, right.books.work]) expect(titles(book)).toEqual(["report"]);
  });

  it("are a pair for each two containers, shown with them, found again, and changed without losing them", async () => {
    const bench = await new NotebooksBench().open();
    const engine = bench.engine();
    await bench.sync(["left", "work"], ["right", "work"]);
    await bench.sync(["left", "work"], ["right", "home"]);
    await bench.sync(["left", "work"], ["right", "home"]);
    const pairs = await engine.pairs.list(USER);
    expect(pairs.map(({ containers }) => containers)).toEqual([
      { source: idOfBook("work"), target: idOfBook("work") },
      { source: idOfBook("work"), target: idOfBook("home") },
    ]);
    const ref = { ...USER, pairId: pairs[1]?.id ?? "" };
    const changed = await engine.pairs.rescope(ref, { options: { conflictPolicy: "merge" } });
    expect(changed).toMatchObject({ id: ref.pairId, containers: pairs[1]?.containers });
    const reversed = bench.request(["right", "home"], ["left", "work"]);
    expect(await codeOf(engine.sync(reversed))).toBe("request.pair-exists");
  });

  it("are taken back from the container that a run has put them into", async () => {
    const bench = await new NotebooksBench().open();
    const { left, right } = bench;
    right.books.home.put({ title: "theirs" });
    await bench.sync(["left", "work"], ["right", "home"]);
    left.books.work.put({ title: "report" });
    const { jobId = "" } = await bench.sync(["left", "work"], ["right", "home"]);
    expect(await bench.engine().undo({ ...USER, jobId })).toMatchObject({
      status: "succeeded",
      counts: { removed: 1 },
    });
    expect([titles(left.books.work), titles(right.books.home)]).toEqual([["report", "theirs"], ["theirs"]]);
  });

  it("are planned before the pair is stored, and the plan carried out for exactly these containers", async () => {
    const bench = await new NotebooksBench().open();
    bench.left.books.work.put({ title: "report" });
    const plan = await bench.engine().plan(bench.request(["left", "work"], ["right", "home"]));
    expect(await bench.storage.select({ table: "sync_pairs" })).toEqual([]);
    expect(only(await bench.engine().apply(plan)).counts).toMatchObject({ added: 1 });
    expect(titles(bench.right.books.home)).toEqual(["report"]);
  });

  it("are in containers that are listed, and named nowhere in what is stored", async () => {
    const bench = await new NotebooksBench().open();
    const engine = bench.engine();
    bench.left.books.work.put({ title: "report" });
    await bench.sync(["left", "work"], ["right", "home"]);
    const connectionId = await bench.connectionId("left");
    expect(await engine.containers({ ...USER, connectionId, type: "notes" })).toEqual([
      { id: idOfBook("work"), name: "work", access: "write" },
      { id: idOfBook("home"), name: "home", access: "write" },
    ]);
    expect(await codeOf(engine.containers({ ...USER, connectionId, type: "favorites" }))).toBe(
      "request.type-unsupported",
    );
    expect(await codeOf(engine.containers(undefined as never))).toBe("request.invalid");
    await expect(engine.containers({ ...USER, service: "left", type: "notes" } as never)).rejects.toMatchObject({
      params: { path: "request.connectionId" },
    });
    expect(await codeOf(engine.containers({ userId: "user-2", connectionId, type: "notes" }))).toBe(
      "connection.unknown",
    );
    expect(await bench.dump()).not.toMatch(/jo\.doe@|example\.org\//);
  });

  it.each([
    ["request.container-missing", "left", { service: "right", container: idOfBook("work") }],
    ["request.same-container", { service: "left", container: "x" }, { service: "left", container: "x" }],
    ["request.invalid", { service: "left" }, { service: "right", container: "x" }],
    ["request.invalid", { service: "left", container: "" }, { service: "right", container: "x" }],
    ["service.unknown", { service: "nobody", container: "x" }, { service: "right", container: "x" }],
  ])("are refused with %s where a side is not named rightly", async (code, source, target) => {
    const bench = await new NotebooksBench().open();
    const pairs = [{ source, target, mode: "bidirectional" }] as never;
    expect(await codeOf(bench.engine().sync({ ...USER, pairs, type: "notes" } as never))).toBe(code);
  });

  it("are not asked for of a service that has but one list", async () => {
    const bench = await new Bench().open();
    const source = { service: "left", container: "x" } as const;
    const pairs = [{ source, target: "right", mode: "sync-from" as const }];
    expect(await codeOf(bench.engine().sync({ ...bench.request(), pairs }))).toBe("request.container-unwanted");
  });
});
