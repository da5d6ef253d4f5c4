import { createSyncEngine, keyring, memoryStorage } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { type RemoteCall, syntheticDocuments } from "../../src/index.ts";
import { failureOf, notesBench, operationId, sessionOf } from "./support/notes-bench.ts";

const titled = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `Note ${index + 1}` }));

describe("a listing that lies", () => {
  const five = (habits: Parameters<typeof notesBench>[0]) => {
    const bench = notesBench({ pageSize: 2, ...habits });
    bench.service.putAll(titled(5));
    return bench;
  };

  it("is empty, and may count what it does not show", async () => {
    expect(await five({ lie: { lie: "empty" } }).pages()).toMatchObject([{ entries: [], total: 0 }]);
    expect(await five({ lie: { lie: "empty", totals: "true" } }).pages()).toMatchObject([{ entries: [], total: 5 }]);
  });

  it("leaves out a page, or some rows", async () => {
    expect(await five({ lie: { lie: "missing-page", page: 2 } }).ids()).toEqual(["paper-1", "paper-2", "paper-5"]);
    const even = (id: string) => /[24]$/.test(id);
    expect(await five({ lie: { lie: "missing-rows", ids: even } }).ids()).toEqual(["paper-1", "paper-3", "paper-5"]);
  });

  it("fails at a page for good", async () => {
    const bench = five({ lie: { lie: "failing-page", page: 2, with: { kind: "unavailable" } } });
    for (const _ of [1, 2]) expect(await failureOf(bench.pages())).toBe("unavailable");
    expect(bench.service.calls.list).toBe(4);
  });

  it("leads back to its beginning, and is stopped by a provider that looks", async () => {
    const bench = five({ lie: { lie: "looping", page: 2 } });
    expect(await failureOf(bench.pages())).toBe("MalformedAnswerError");
    expect(bench.service.calls.list).toBe(3);
    bench.service.adopt({ noticesLoops: false });
    let pages = 0;
    for await (const _ of bench.notes.read.list(bench.session, {})) if (++pages === 100) break;
    expect(pages).toBe(100);
  });

  it("gives each row twice", async () => {
    expect(await five({ lie: { lie: "doubled-rows" } }).ids()).toHaveLength(10);
  });

  it("is honest again without its lie", async () => {
    const bench = five({ lie: { lie: "empty" } });
    const { lie: _, ...honest } = bench.service.habits;
    bench.service.behave(honest);
    expect(await bench.ids()).toHaveLength(5);
  });
});

describe("faults", () => {
  it("strike the calls that they are meant for, as often as asked, before the effect", async () => {
    const { service, create, ids, titles } = notesBench();
    const fault = service.fail({ calls: "create", with: { kind: "rate-limited", retryAfterMs: 7_000 }, times: 2 });
    await expect(create({ title: "Milk" })).rejects.toMatchObject({ failure: { retryAfterMs: 7_000 } });
    expect(await ids()).toEqual([]);
    expect(await failureOf(create({ title: "Milk" }))).toBe("rate-limited");
    expect(fault.struck).toBe(2);
    await create({ title: "Milk" });
    expect(titles()).toEqual(["Milk"]);
  });

  it("let a number of calls go well first, and can be meant for single documents", async () => {
    const { service, notes, session } = notesBench();
    const [first = "", second = ""] = service.putAll(titled(2));
    service.fail({ ids: [second], skip: 1, with: { kind: "unavailable" } });
    const outcomes = [first, second, first, second, second].map((id) => failureOf(notes.read.get(session, id)));
    expect(await Promise.all(outcomes)).toEqual([
      "no failure",
      "no failure",
      "no failure",
      "unavailable",
      "no failure",
    ]);
  });

  it("can lose an answer after the effect, or the request before it", async () => {
    const { service, create, titles } = notesBench();
    service.fail({ calls: "create", with: { kind: "outcome-unknown" }, moment: "after" });
    expect(await failureOf(create({ title: "Milk" }))).toBe("OutcomeUnknownError");
    expect(titles()).toEqual(["Milk"]);
    service.fail({ calls: "create", with: { kind: "outcome-unknown" } });
    expect(await failureOf(create({ title: "Bread" }, "another"))).toBe("OutcomeUnknownError");
    expect(titles()).toEqual(["Milk"]);
  });

  it("come as what a transport makes of them", async () => {
    const { service, create, pages, clock } = notesBench();
    const failures = async (work: () => Promise<unknown>) => {
      const seen: unknown[] = [];
      for (const kind of ["outcome-unknown", "malformed"] as const) {
        service.fail({ with: { kind } });
        seen.push(await failureOf(work()));
      }
      return seen;
    };
    expect(await failures(pages)).toEqual(["unavailable", "MalformedAnswerError"]);
    expect(await failures(() => create({ title: "Milk" }))).toEqual(["OutcomeUnknownError", "OutcomeUnknownError"]);
    service.fail({ with: { kind: "deferred", forMs: 3_600_000 } });
    await expect(pages()).rejects.toMatchObject({ untilMs: clock.now() + 3_600_000 });
    service.fail({ with: new TypeError("a bug") });
    await expect(pages()).rejects.toThrow("a bug");
  });

  it("can be withdrawn, one or all", async () => {
    const { service, pages } = notesBench();
    const forever = { with: { kind: "unavailable" }, times: Number.POSITIVE_INFINITY } as const;
    const first = service.fail(forever);
    service.fail({ ...forever, with: { kind: "outage", reason: "closed" } });
    expect(await failureOf(pages())).toBe("unavailable");
    first.withdraw();
    expect(await failureOf(pages())).toBe("outage");
    service.recover();
    expect(await failureOf(pages())).toBe("no failure");
  });
});

describe("the place of the notes", () => {
  it("can be gone: nothing in it is found", async () => {
    const { service, notes, session, pages, create } = notesBench();
    const id = service.put({ title: "Milk" });
    service.adopt({ container: "gone" });
    expect(await failureOf(pages())).toBe("not-found");
    expect(await failureOf(create({ title: "Bread" }))).toBe("not-found");
    expect(await notes.read.get(session, id)).toEqual({ state: "gone" });
  });

  it("can be forbidden: nothing is said", async () => {
    const { service, notes, session, pages, create } = notesBench();
    const id = service.put({ title: "Milk" });
    service.adopt({ container: "forbidden" });
    for (const work of [pages(), create({ title: "Bread" }), notes.read.get(session, id)]) {
      expect(await failureOf(work)).toBe("forbidden");
    }
  });
});

describe("remote calls", () => {
  it("tell their hook before and after, and fail with what it throws", async () => {
    const { service, create, titles } = notesBench();
    const seen: RemoteCall[] = [];
    service.onCall((call) => {
      seen.push(call);
      if (call.moment === "after") throw new Error("killed");
    });
    await expect(create({ title: "Milk" })).rejects.toThrow("killed");
    const call = { service: "paper", kind: "create", number: 1, ids: [operationId("create")] };
    expect(seen).toEqual([
      { ...call, moment: "before" },
      { ...call, moment: "after" },
    ]);
    expect(titles()).toEqual(["Milk"]);

    service.onCall(({ moment }) => {
      if (moment === "before") throw new Error("killed");
    });
    await expect(create({ title: "Bread" }, "another")).rejects.toThrow("killed");
    expect(titles()).toEqual(["Milk"]);
    service.onCall(undefined);
    await create({ title: "Bread" }, "another");
    expect(service.calls).toEqual({ create: 3 });
  });

  it("take their time by the given clock, and are given up when the session is", async () => {
    const { service, notes, pages, clock } = notesBench({ latencyMs: 250 });
    const startMs = clock.now();
    await pages();
    expect(clock.now()).toBe(startMs + 250);
    const controller = new AbortController();
    const aborted = notes.read.get(sessionOf("paper", controller.signal), "paper-1");
    controller.abort(new Error("stopped"));
    await expect(aborted).rejects.toThrow("stopped");
    expect(service.calls).toEqual({ list: 1 });
    await expect(notes.read.get(sessionOf("paper", controller.signal), "paper-1")).rejects.toThrow("stopped");
  });

  it("come to nothing when the session is given up in the turn that they take", async () => {
    const { service, notes } = notesBench();
    const controller = new AbortController();
    const aborted = notes.read.get(sessionOf("paper", controller.signal), "paper-1");
    controller.abort(new Error("stopped"));
    await expect(aborted).rejects.toThrow("stopped");
    expect(service.calls).toEqual({});
  });

  it("are counted while they are under way", async () => {
    const { service, notes, session } = notesBench();
    await Promise.all([1, 2, 3].map((number) => notes.read.get(session, `paper-${number}`)));
    expect(service.busiest).toBe(3);
  });
});

describe("a snapshot", () => {
  it("is what the service goes back to, whatever happened since", async () => {
    const { service, create, rows, ids } = notesBench({ tombstones: "listed", order: "unsteady" });
    const [first = "", second = ""] = service.putAll(titled(3));
    service.remove(second);
    const { calls, log } = service;
    const snapshot = service.snapshot();
    const [before, order] = [await rows(), await ids()];
    service.edit(first, { title: "Changed" });
    service.spoil(first, "unreadable");
    service.emptyBin();
    await create({ title: "Milk" });
    service.restore(snapshot);
    expect(service.calls).toEqual(calls);
    expect(service.log).toEqual(log.slice(0, 4));
    expect([await rows(), await ids()]).toEqual([before, order]);
    expect(service.put({ title: "Next" })).toBe("paper-4");
    expect(await failureOf(create({ title: "Milk" }))).toBe("no failure");
  });

  it("leads to the same versions, and to the same reads where every other one lags", async () => {
    const { service, ids, rows, clock } = notesBench({ lag: { listMs: 5_000, getMs: 0, manner: "flapping" } });
    const id = service.put({ title: "Milk" });
    await clock.sleep(5_000);
    const snapshot = service.snapshot();
    const future = async () => {
      service.edit(id, { title: "Oat milk" });
      const other = service.put({ title: "Bread" });
      return [other, await ids(), await rows()];
    };
    const first = await future();
    await ids();
    service.restore(snapshot);
    expect(await future()).toEqual(first);
  });

  it("can be taken up by another service, and by several, without any of them disturbing another", async () => {
    const one = notesBench();
    const id = one.service.put({ title: "Milk" });
    const snapshot = one.service.snapshot();
    const [two, three] = [notesBench(), notesBench()];
    for (const { service } of [two, three]) service.restore(snapshot);
    two.service.edit(id, { title: "Oat milk" });
    expect([one, two, three].map(({ service }) => service.get(id)?.title)).toEqual(["Milk", "Oat milk", "Milk"]);
    expect([one, two, three].map(({ service }) => service.log.length)).toEqual([1, 2, 1]);
  });
});

describe("the user", () => {
  it("takes notes back out of the bin, and copies them with all that is on them", async () => {
    const { service, create, rows } = notesBench({ identity: "marker" });
    const { id } = await create({ title: "Milk", uid: "uid-1" });
    expect(service.duplicate(id)).toBe("paper-2");
    service.remove(id);
    expect(service.get(id)).toBeUndefined();
    service.forgetLog();
    service.undelete(id);
    expect(service.log).toMatchObject([{ by: "user", kind: "create", id, after: { title: "Milk" } }]);
    expect(service.get(id)).toMatchObject({ title: "Milk" });
    expect(() => service.undelete(id)).toThrow(RangeError);
    expect(await rows()).toMatchObject([
      { id, marker: operationId("create"), native: { global: "uid-1" } },
      { id: "paper-2", marker: operationId("create"), native: { global: "uid-1" } },
    ]);
    expect(() => service.edit("paper-9", {})).toThrow(RangeError);
    expect(() => service.remove("paper-9")).toThrow(RangeError);
  });
});

it("is read whole by its provider, but for the documents that cannot be understood", async () => {
  const { service, session } = notesBench({ pageSize: 2, tombstones: "listed" });
  const [first = "", second = "", third = "", fourth = ""] = service.putAll(titled(4));
  service.spoil(first, "garbled");
  service.spoil(second, "foreign");
  service.remove(third);
  const results = [];
  for await (const result of service.provider().syncUserData(session)) results.push(result);
  expect(results).toMatchObject([
    {
      items: [],
      errors: [
        { externalId: first, code: "unreadable" },
        { externalId: second, code: "unsupported" },
      ],
      complete: false,
    },
    {
      items: [
        { externalId: third, action: "delete" },
        { externalId: fourth, action: "create", data: { title: "Note 4" } },
      ],
      complete: true,
    },
  ]);
});

it("connects to an engine as it is", async () => {
  const { clock } = notesBench();
  const left = syntheticDocuments({ name: "left", clock, type: "memos" });
  const right = syntheticDocuments({ name: "right", clock, type: "memos" });
  const engine = createSyncEngine({
    providers: [left.provider(), right.provider()],
    storage: memoryStorage(),
    clock,
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
    fetch: () => Promise.reject(new Error("no network is needed")),
  });
  await engine.migrate();
  for (const service of ["left", "right"]) {
    const { outcome } = await engine.connections.addPublic({ userId: "user-1", service, accountId: "me" });
    expect(outcome).toBe("connected");
  }
  const modes = ["sync-from", "sync-to", "bidirectional"];
  expect(engine.registry.supportedPairs()).toMatchObject([
    { source: "left", target: "right", category: "notes", types: [{ type: "memos", modes }] },
    { source: "right", target: "left", types: [{ type: "memos", modes }] },
  ]);
});
