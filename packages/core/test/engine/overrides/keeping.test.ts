import { describe, expect, it } from "vitest";
import { createSyncEngine, memoryStorage, type OverridesExport } from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { ANNA, OverrideBench } from "./bench.ts";

const data = (overrides: OverridesExport["overrides"]): OverridesExport => ({
  format: "syncer.match-overrides",
  version: 1,
  overrides,
});
const same = (idA: string, idB: string) =>
  ({ verdict: "same", serviceA: "left", idA, serviceB: "right", idB }) as const;
const none = (id: string) => ({ verdict: "none", service: "left", id, to: "right" }) as const;

describe("the user's decisions", () => {
  it("are one for two items, in whichever order these are named", async () => {
    const { own } = await new OverrideBench().open();
    const first = await own.overrides.set({ ...ANNA, ...same("l1", "r1") });
    const second = await own.overrides.set({
      ...ANNA,
      verdict: "different",
      serviceA: "right",
      idA: "r1",
      serviceB: "left",
      idB: "l1",
    });
    expect(second.override.overrideId).toBe(first.override.overrideId);
    expect(second.replaced).toEqual([first.override]);
    expect(await own.overrides.list(ANNA)).toEqual([second.override]);
    expect(second.override).toMatchObject({
      verdict: "different",
      serviceA: "left",
      idA: "l1",
      serviceB: "right",
      idB: "r1",
      itemKind: "track",
    });
  });

  it("replace what cannot stand beside them, and say so", async () => {
    const bench = await new OverrideBench().open();
    const first = await bench.say("same", "l1", "r1");
    const kept = await bench.say("different", "l1", "r5");
    const second = await bench.say("same", "l1", "r2");
    expect(second.replaced).toEqual([first.override]);
    const third = await bench.say("same", "l3", "r2");
    expect(third.replaced).toEqual([second.override]);
    const beside = await bench.say("same", "l4", "r2", { alongside: true });
    expect(beside.replaced).toEqual([]);
    const alone = await bench.alone("right", "r2");
    expect(alone.replaced).toHaveLength(2);
    expect(alone.replaced).toEqual(expect.arrayContaining([third.override, beside.override]));
    const fourth = await bench.say("same", "l1", "r2", { alongside: true });
    expect(fourth.replaced).toEqual([alone.override]);
    const left = await bench.own.overrides.list(ANNA);
    expect(left).toHaveLength(2);
    expect(left).toEqual(expect.arrayContaining([kept.override, fourth.override]));
  });

  it("are listed page by page in the order of their making", async () => {
    const bench = await new OverrideBench().open();
    for (const song of [3, 1, 2]) {
      await bench.say("same", `l${song}`, `r${song}`);
      await bench.clock.advance(1);
    }
    const [first, ...rest] = await bench.own.overrides.list({ ...ANNA, limit: 2 });
    expect([first, ...rest].map((each) => each?.verdict === "same" && each.idA)).toEqual(["l3", "l1"]);
    const after = rest.at(-1)?.overrideId ?? "";
    expect(await bench.own.overrides.list({ ...ANNA, after })).toMatchObject([{ idA: "l2" }]);
  });

  it("are nobody else's", async () => {
    const bench = await new OverrideBench().open();
    const { override } = await bench.say("same", "l1", "r2");
    const { overrides } = bench.own;
    await bench.clock.advance(1);
    for (const owner of [{ userId: "user-2" }, { ...ANNA, tenantId: "other" }]) {
      expect(await overrides.list(owner)).toEqual([]);
      const ref = { ...owner, overrideId: override.overrideId };
      await expect(overrides.remove(ref)).rejects.toMatchObject({ code: "override.unknown" });
      // Were it Anna's, it would be the one to take.
      expect((await overrides.set({ ...owner, ...same("l1", "r3") })).replaced).toEqual([]);
    }
    expect(await overrides.list(ANNA)).toEqual([override]);
    bench.left.put("l1");
    await bench.run();
    expect(bench.shown.right).toEqual(["r2"]);
  });

  it("are part of what is exported about a user, and go with the user", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    const rows: unknown[] = [];
    for await (const page of bench.own.users.export(ANNA))
      if (page.table === "match_overrides") rows.push(...page.rows);
    expect(rows).toHaveLength(1);
    await bench.own.users.erase(ANNA);
    expect(await bench.storage.count({ table: "match_overrides" })).toBe(0);
  });

  it("go with the last connection to a service that they name, and not before", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    const { connections } = bench.own;
    await connections.addPublic({ ...ANNA, service: "right", accountId: "another" });
    const [first, second] = await connections.list({ ...ANNA, service: "right" });
    await connections.disconnect({ ...ANNA, connectionId: first?.id ?? "" });
    expect(await bench.own.overrides.list(ANNA)).toHaveLength(1);
    await connections.disconnect({ ...ANNA, connectionId: second?.id ?? "" });
    expect(await bench.own.overrides.list(ANNA)).toEqual([]);
  });

  it("keep no id in clear where ids are sealed, and work all the same", async () => {
    const bench = await new OverrideBench().open();
    const engine = createSyncEngine({
      providers: [bench.left.provider(), bench.right.provider()],
      storage: bench.storage,
      clock: bench.clock,
      encryption: heldEncryption(bench.clock),
      sealIds: true,
    });
    const { override } = await engine.overrides.set({ ...ANNA, ...same("l1", "r2") });
    await bench.clock.advance(1);
    await engine.overrides.set({ ...ANNA, ...none("l3") });
    const rows = await bench.storage.select({ table: "match_overrides" });
    expect(JSON.stringify(rows)).not.toMatch(/"(l1|r2|l3)"/);
    expect(await engine.overrides.list(ANNA)).toMatchObject([override, { verdict: "none", id: "l3" }]);
    bench.left.put("l1", "l3");
    await engine.sync(bench.request());
    expect(bench.shown.right).toEqual(["r2"]);
    const exported = await engine.overrides.export(ANNA);
    expect(exported.overrides).toMatchObject([same("l1", "r2"), none("l3")]);
    expect((await engine.reencrypt()).unreadable).toEqual({});
  });

  it.each([
    ["an unknown verdict", { verdict: "maybe", serviceA: "left", idA: "l1", serviceB: "right", idB: "r1" }, "verdict"],
    ["an empty id", { ...same("", "r1") }, "request.idA"],
    ["an id with a control character", { ...same("l1", "r\n1") }, "request.idB"],
    ["an id that is another route", { ...none("..") }, "request.id"],
    ["half of a surrogate pair", { ...same("l1", "r\ud800") }, "request.idB"],
    ["a missing side", { verdict: "same", serviceA: "left", idA: "l1", serviceB: "right" }, "request.idB"],
    ["a kind that is not matched", { ...same("l1", "r1"), itemKind: "playlist" }, "request.itemKind"],
    ["an item and itself", { ...same("l1", "l1"), serviceB: "left" }, "request"],
    ["alongside what is no boolean", { ...same("l1", "r1"), alongside: 1 }, "request.alongside"],
  ])("refuse %s, and say where", async (_, request, path) => {
    const { own } = await new OverrideBench().open();
    const set = own.overrides.set({ ...ANNA, ...request } as Parameters<typeof own.overrides.set>[0]);
    await expect(set).rejects.toMatchObject({
      code: "request.invalid",
      params: { path: expect.stringContaining(path) },
    });
    expect(await own.overrides.list(ANNA)).toEqual([]);
  });

  it("refuse a service that there is not", async () => {
    const { own } = await new OverrideBench().open();
    const set = own.overrides.set({ ...ANNA, ...same("l1", "r1"), serviceB: "nowhere" });
    await expect(set).rejects.toMatchObject({ code: "service.unknown" });
  });
});

describe("decisions that are exported", () => {
  it("are the same after they have been imported elsewhere", async () => {
    const bench = await new OverrideBench().open();
    await bench.say("same", "l1", "r2");
    await bench.clock.advance(5);
    await bench.say("same", "l3", "r2", { alongside: true });
    await bench.clock.advance(5);
    await bench.say("different", "l4", "r4");
    await bench.clock.advance(5);
    await bench.alone("right", "r5");
    const exported = await bench.own.overrides.export(ANNA);
    const text = JSON.parse(JSON.stringify(exported));
    const other = await new OverrideBench().open();
    expect(await other.own.overrides.import({ ...ANNA, data: text })).toEqual({ imported: 4, replaced: [] });
    expect(await other.own.overrides.export(ANNA)).toEqual(exported);
  });

  it("replace what cannot stand beside them, and leave the rest", async () => {
    const bench = await new OverrideBench().open();
    const gone = await bench.say("same", "l1", "r9");
    await bench.say("same", "l7", "r7");
    const { imported, replaced } = await bench.own.overrides.import({ ...ANNA, data: data([same("l1", "r2")]) });
    expect([imported, replaced]).toEqual([1, [gone.override]]);
    expect(await bench.own.overrides.list(ANNA)).toHaveLength(2);
  });

  it("make a later run look at what they are about", async () => {
    const bench = await new OverrideBench("sync-from").open();
    bench.right.takeDown("r1");
    bench.left.put("l1");
    await bench.run();
    await bench.own.overrides.import({ ...ANNA, data: data([same("l1", "r2")]) });
    await bench.run();
    expect(bench.shown.right).toEqual(["r2"]);
  });

  it.each([
    ["another format", { format: "else", version: 1, overrides: [] }, "data.format"],
    ["a newer version", { ...data([]), version: 2 }, "data.version"],
    ["an entry that is none", { ...data([]), overrides: [same("l1", "r1"), { verdict: "same" }] }, "data.overrides.1"],
    ["a service that there is not", data([{ ...same("l1", "r1"), serviceA: "x" }]), "data.overrides.0"],
    ["an item and itself", data([{ ...same("l1", "l1"), serviceB: "left" }]), "data.overrides.0"],
    ["a contradiction", data([same("l1", "r1"), none("l2"), none("l1")]), "data.overrides.2"],
    ["two verdicts", data([same("l1", "r1"), { ...same("l1", "r1"), verdict: "different" }]), "data.overrides.1"],
  ])("are refused whole for %s, and say where", async (_, wrong, path) => {
    const { own } = await new OverrideBench().open();
    const request = { ...ANNA, data: wrong as OverridesExport };
    const { code, params } = await own.overrides.import(request).then(
      () => ({ code: "none", params: { path: "" } }),
      (error: { code: string; params: { path: string } }) => error,
    );
    expect(code).toBe("request.invalid");
    expect(params.path.startsWith(path)).toBe(true);
    expect(await own.overrides.list(ANNA)).toEqual([]);
  });

  it("are taken by thousands, in few queries", async () => {
    const bench = await new OverrideBench().open();
    const many = Array.from({ length: 3_000 }, (_, n) => same(`l${n}`, `r${n}`));
    const select = bench.storage.select.bind(bench.storage);
    let queries = 0;
    bench.storage.select = (query) => {
      queries++;
      return select(query);
    };
    await bench.own.overrides.import({ ...ANNA, data: data(many) });
    expect(queries).toBeLessThan(40);
    bench.left.put("l1");
    await bench.run();
    expect(await bench.storage.count({ table: "match_overrides" })).toBe(3_000);
    expect((await bench.own.overrides.export(ANNA)).overrides).toHaveLength(3_000);
  });
});

describe("two accounts of one service", () => {
  it("are asked about in both directions", async () => {
    const bench = await new OverrideBench().open();
    const engine = createSyncEngine({
      providers: [bench.left.provider()],
      storage: memoryStorage(),
      clock: bench.clock,
      encryption: heldEncryption(bench.clock),
    });
    const { override } = await engine.overrides.set({
      ...ANNA,
      verdict: "same",
      serviceA: "left",
      idA: "l2",
      serviceB: "left",
      idB: "l1",
    });
    expect(override).toMatchObject({ idA: "l1", idB: "l2" });
    const turned = await engine.overrides.set({ ...ANNA, ...same("l1", "l2"), serviceB: "left" });
    expect(turned.override.overrideId).toBe(override.overrideId);
    const alone = await engine.overrides.set({ ...ANNA, verdict: "none", service: "left", id: "l2", to: "left" });
    expect(alone.replaced).toHaveLength(1);
    expect(await engine.overrides.list(ANNA)).toMatchObject([
      { verdict: "none", service: "left", id: "l2", to: "left" },
    ]);
  });
});
