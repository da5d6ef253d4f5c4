import { describe, expect, it } from "vitest";
import type { InvalidRequestError, StoredPlan } from "../../src/index.ts";
import { refOf, Workshop } from "./support/workshop.ts";

const DAY_MS = 86_400_000;

const of = ({ tenantId, userId, id }: StoredPlan) => ({ tenantId, userId, planId: id });

/** A pair of anna's, and a process that works. */
async function opened(...names: readonly string[]) {
  const shop = new Workshop();
  // Both can prove that nothing has changed, so that what was left out has to be remembered.
  for (const shelf of shop.bench.services) shelf.habits = { ...shelf.habits, probe: "exact" };
  await shop.open("anna", ...names);
  const ref = { tenantId: "default", userId: "anna", pairId: await shop.pair("anna") };
  const { engine, events } = await shop.worker();
  return { shop, ref, engine, events, plans: engine.plans };
}

type Opened = Awaited<ReturnType<typeof opened>>;

async function planned({ plans, shop, ref }: Opened): Promise<StoredPlan> {
  const { id } = await plans.create(ref);
  await shop.clock.settle();
  return await plans.get({ ...ref, planId: id });
}

async function applied(given: Opened, plan: StoredPlan, confirm?: string) {
  const job = await given.plans.apply({ ...of(plan), ...(confirm === undefined ? {} : { confirm }) });
  return await ended(given, refOf(job));
}

async function ended({ shop, engine }: Pick<Opened, "shop" | "engine">, ref: ReturnType<typeof refOf>) {
  await shop.clock.settle();
  return await engine.jobs.get(ref);
}

describe("a stored plan", () => {
  it("is made by a worker, writes to no service, and tells what would be done", async () => {
    const given = await opened();
    const { plans, shop, ref } = given;
    const asked = await plans.create(ref);
    expect(asked).toMatchObject({ state: "planning", pairId: ref.pairId, type: "favorites" });
    await shop.clock.settle();
    const plan = await plans.get(of(asked));
    expect(plan).toMatchObject({
      state: "ready",
      counts: { operations: 3, held: 0, unmatched: 0 },
      plannedAtMs: shop.clock.now(),
      estimate: { requests: expect.any(Number) },
    });
    expect(shop.bench.right.ids()).toEqual([]);
    expect(await plans.list(ref)).toEqual([plan]);
    const lines = await plans.items(of(plan));
    expect(lines.map(({ position }) => position)).toEqual([0, 1, 2]);
    expect(lines[0]).toMatchObject({
      section: "write",
      kind: "add",
      side: "target",
      source: { id: expect.stringMatching(/^left-/) },
      target: { id: expect.stringMatching(/^right-/) },
      matchedBy: "lookup",
      confidence: expect.any(Number),
    });
    expect(lines[0]?.source).not.toHaveProperty("item");
    await given.engine.stop();
  });

  it("is shown page by page and by section, with names only if they are asked for", async () => {
    const given = await opened();
    const { shop, plans } = given;
    shop.bench.left.put("left-6");
    const plan = await planned(given);
    const first = await plans.items({ ...of(plan), limit: 2 });
    const rest = await plans.items({ ...of(plan), after: first.at(-1)?.position ?? -1 });
    expect([...first, ...rest]).toEqual(await plans.items({ ...of(plan), limit: 500 }));
    const [lost] = await plans.items({ ...of(plan), section: "unmatched", names: true });
    expect(lost).toMatchObject({
      verdict: "not-found",
      side: "source",
      source: { item: { title: expect.any(String) } },
    });
    expect(lost).not.toHaveProperty("target");
    const [named] = await plans.items({ ...of(plan), section: "write", names: true, limit: 1 });
    expect(named?.source?.item).toMatchObject({ title: expect.any(String) });
    expect(named?.target?.item).toMatchObject({ title: expect.any(String) });
    expect(named?.comparison).toMatchObject({ confidence: expect.any(Number) });
    await given.engine.stop();
  });

  it("keeps no content: titles are in none of its rows", async () => {
    const given = await opened();
    await planned(given);
    const text = JSON.stringify([
      await given.shop.storage.select({ table: "plans" }),
      await given.shop.storage.select({ table: "plan_items" }),
    ]);
    const titles = [...given.shop.bench.left.catalogue.values()].map(({ title }) => title);
    expect(titles.filter((title) => text.includes(title))).toEqual([]);
    expect(text).toContain("left-8");
    await given.engine.stop();
  });

  it("is carried out by a job: exactly what it says, and not what came since", async () => {
    const given = await opened();
    const { shop, plans, engine } = given;
    const plan = await planned(given);
    shop.bench.left.put("left-11");
    const job = await applied(given, plan);
    expect(job).toMatchObject({
      status: "succeeded",
      task: "apply",
      planId: plan.id,
      counts: { added: 3, refused: 0 },
    });
    expect(shop.bench.right.ids()).toHaveLength(3);
    expect(await plans.get(of(plan))).toMatchObject({ state: "applied", jobId: job.id });
    await expect(plans.apply(of(plan))).rejects.toMatchObject({ code: "plan.applied" });
    // The next run reads everything, and finds what was left out.
    const [again] = await engine.enqueue(shop.request("anna"));
    await shop.clock.settle();
    expect(await ended(given, refOf(again as never))).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    await engine.stop();
  });

  it("leaves out what has moved since, and says of each that it has", async () => {
    const given = await opened();
    const { shop } = given;
    const plan = await planned(given);
    shop.bench.left.take("left-9");
    const job = await applied(given, plan);
    expect(job).toMatchObject({ status: "partial", counts: { added: 2, refused: 1 } });
    expect(shop.bench.right.ids()).toHaveLength(2);
    await shop.clock.advance(DAY_MS / 2);
    expect(await given.engine.jobs.get(refOf(job)), "it is not tried again").toMatchObject({ status: "partial" });
    await given.engine.stop();
  });

  it("does the rest once when the process dies in the middle, and takes nothing that was done for moved", async () => {
    const given = await opened();
    const { shop } = given;
    const plan = await planned(given);
    shop.bench.right.lost.add("right-9");
    const job = await applied(given, plan);
    expect(job.counts.added).toBe(2);
    await shop.clock.advance(60_000);
    const ended = await given.engine.jobs.get(refOf(job));
    expect(ended).toMatchObject({ status: "succeeded", counts: { added: 3, refused: 0 } });
    await given.engine.stop();
  });

  it("that is being made is given back to whoever asks again, and one that is applied likewise", async () => {
    const given = await opened();
    const { shop, plans, ref } = given;
    await shop.stopInTheMiddle("anna");
    const first = await plans.create(ref);
    expect((await plans.create(ref)).id).toBe(first.id);
    await shop.clock.settle();
    const job = await plans.apply(of(first));
    await shop.clock.settle();
    expect(await plans.get(of(first))).toMatchObject({ state: "applying", jobId: job.id });
    expect((await plans.apply(of(first))).id).toBe(job.id);
    await shop.release("anna");
    expect(await plans.get(of(first))).toMatchObject({ state: "applied" });
    await given.engine.stop();
  });

  it("holds back what a guard holds, until it is told exactly that", async () => {
    const given = await opened();
    const { shop, plans, ref, engine } = given;
    shop.bench.left.put("left-11", "left-12", "left-13");
    await engine.pairs.rescope(ref, { options: { propagation: "mirror" } });
    await engine.syncPair(ref);
    shop.bench.left.take("left-8", "left-9", "left-10", "left-11", "left-12");
    const plan = await planned(given);
    const count = plan.counts.held;
    expect(plan).toMatchObject({ hold: { reason: "mass-removal", confirmed: false }, counts: { operations: 0 } });
    expect(count).toBe(5);
    const held = await plans.items({ ...of(plan), section: "held" });
    expect(held.map(({ kind, side }) => [kind, side])).toEqual(Array(5).fill(["remove", "target"]));
    await expect(plans.apply({ ...of(plan), confirm: "another" })).rejects.toMatchObject({ code: "plan.stale" });
    const before = shop.bench.right.ids().length;
    expect(await applied(given, plan)).toMatchObject({ status: "held", counts: { deleted: 0 } });
    const second = await planned(given);
    expect(await applied(given, second, second.hold?.hash)).toMatchObject({
      status: "succeeded",
      counts: { deleted: 5 },
    });
    expect(shop.bench.right.ids()).toHaveLength(before - 5);
    await engine.stop();
  });

  it("is void once the pair has other settings", async () => {
    const given = await opened();
    const plan = await planned(given);
    await given.engine.pairs.rescope(given.ref, { options: { matchThreshold: 0.95 } });
    expect(await given.plans.get(of(plan))).toMatchObject({ state: "stale" });
    await expect(given.plans.apply(of(plan))).rejects.toMatchObject({ code: "plan.stale" });
    await given.engine.stop();
  });

  it("is refused by its job if the settings change between the asking and the job", async () => {
    const given = await opened();
    const { shop, engine, ref } = given;
    const plan = await planned(given);
    await engine.stop();
    const asking = shop.engine().engine;
    const job = await asking.plans.apply(of(plan));
    await asking.pairs.rescope(ref, { options: { matchThreshold: 0.95 } });
    const worker = await shop.worker();
    await shop.clock.advance(30_000);
    const over = await ended({ shop, engine: asking }, refOf(job));
    expect(over).toMatchObject({ status: "failed", errorCode: "plan.stale" });
    expect(shop.bench.right.ids()).toEqual([]);
    await worker.engine.stop();
  });

  it("whose job is cancelled before it began can be applied yet", async () => {
    const given = await opened();
    const { shop, engine } = given;
    const plan = await planned(given);
    await engine.stop();
    const asking = shop.engine().engine;
    const job = await asking.plans.apply(of(plan));
    await expect(asking.jobs.cancel(refOf(job))).resolves.toMatchObject({ status: "cancelled" });
    expect(await asking.plans.get(of(plan))).toMatchObject({ state: "ready" });
    await asking.stop();
  });

  it("that cannot be made says why", async () => {
    const given = await opened();
    const { engine, ref } = given;
    await engine.pairs.pause(ref);
    const plan = await planned(given);
    expect(plan).toMatchObject({ state: "failed", errorCode: "pair.paused", counts: { operations: 0 } });
    expect(await given.plans.items(of(plan))).toEqual([]);
    await expect(given.plans.apply(of(plan))).rejects.toMatchObject({ code: "plan.not-ready" });
    await engine.stop();
  });

  it("belongs to its user: for anybody else there is none", async () => {
    const given = await opened("ben");
    const { plans } = given;
    const plan = await planned(given);
    for (const who of [{ userId: "ben" }, { userId: "anna", tenantId: "other" }]) {
      const ref = { ...who, planId: plan.id };
      const calls: (() => Promise<unknown>)[] = [
        () => plans.get(ref),
        () => plans.items(ref),
        () => plans.alternatives({ ...ref, position: 0 }),
        () => plans.apply(ref),
        () => plans.forget(ref),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "plan.unknown" });
      expect(await plans.list(who)).toEqual([]);
    }
    await given.engine.stop();
  });

  it("is forgotten after a day, when it is told to be, and beyond ten of a pair", async () => {
    const given = await opened();
    const { plans, shop, ref } = given;
    const first = await planned(given);
    await plans.forget(of(first));
    await expect(plans.get(of(first))).rejects.toMatchObject({ code: "plan.unknown" });
    for (let n = 0; n < 12; n++) {
      await shop.clock.advance(1_000);
      await planned(given);
    }
    const kept = await plans.list(ref);
    expect(kept).toHaveLength(10);
    expect(kept.map(({ createdAtMs }) => createdAtMs)).toEqual(
      kept
        .map(({ createdAtMs }) => createdAtMs)
        .sort()
        .reverse(),
    );
    await shop.clock.advance(DAY_MS);
    expect(await plans.list(ref)).toEqual([]);
    await given.engine.maintenance.run();
    expect(await shop.storage.count({ table: "plan_items" })).toBe(0);
    await given.engine.stop();
  });

  it("tells what else a line could be, whether or not it is sure", async () => {
    const given = await opened();
    const { plans } = given;
    const plan = await planned(given);
    const [line] = await plans.items({ ...of(plan), section: "write" });
    const found = await plans.alternatives({ ...of(plan), position: line?.position ?? 0 });
    expect(found[0]).toMatchObject({
      id: line?.target?.id,
      confidence: expect.any(Number),
      item: { title: expect.any(String) },
    });
    await expect(plans.alternatives({ ...of(plan), position: 99 })).rejects.toMatchObject({ code: "request.invalid" });
    await given.engine.stop();
  });

  it.each([
    [{ limit: 0 }, "limit"],
    [{ limit: 501 }, "limit"],
    [{ limit: 101, names: true }, "limit"],
    [{ after: -1 }, "after"],
    [{ section: "all" }, "section"],
  ])("refuses %j", async (wrong, path) => {
    const given = await opened();
    const plan = await planned(given);
    const error = await given.plans
      .items({ ...of(plan), ...wrong } as never)
      .catch((refused: InvalidRequestError) => refused);
    expect(error).toMatchObject({ code: "request.invalid", params: { path: expect.stringContaining(path) } });
    await given.engine.stop();
  });

  it("waits beside a sync of the same pair, and takes the place of none", async () => {
    const given = await opened();
    const { shop, plans, ref, engine } = given;
    const [later] = await engine.enqueue(shop.request("anna"), { delayMs: 3_600_000 });
    const plan = await plans.create(ref);
    await shop.clock.settle();
    expect(await plans.get(of(plan))).toMatchObject({ state: "ready" });
    expect(await engine.jobs.get(refOf(later as never))).toMatchObject({ status: "queued", task: "sync" });
    await engine.stop();
  });
});

describe("undoing in the background", () => {
  it("takes back what a run has written, once, by a job of its own", async () => {
    const given = await opened();
    const { shop, engine } = given;
    const [made] = await engine.enqueue(shop.request("anna"));
    await shop.clock.settle();
    const run = refOf(made as never);
    expect(shop.bench.right.ids()).toHaveLength(3);
    // Another process asks, so that nobody is woken yet.
    const asking = shop.engine().engine;
    const job = await asking.jobs.undo(run);
    expect(job).toMatchObject({ task: "undo", undoes: run.jobId, status: "queued", lane: "manual" });
    expect((await asking.jobs.undo(run)).id).toBe(job.id);
    await shop.clock.advance(30_000);
    expect(await ended(given, refOf(job))).toMatchObject({ status: "succeeded", counts: { deleted: 3 } });
    expect(shop.bench.right.ids()).toEqual([]);
    await engine.stop();
  });

  it("is refused while the run is not over, and of somebody else's", async () => {
    const given = await opened("ben");
    const { shop, engine } = given;
    await shop.stopInTheMiddle("anna");
    const [made] = await engine.enqueue(shop.request("anna"));
    await shop.clock.settle();
    const run = refOf(made as never);
    await expect(engine.jobs.undo(run)).rejects.toMatchObject({ code: "undo.unfinished" });
    await expect(engine.jobs.undo({ ...run, userId: "ben" })).rejects.toMatchObject({ code: "job.unknown" });
    await shop.release("anna");
    await engine.stop();
  });
});
