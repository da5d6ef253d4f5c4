import { type DocumentHabits, type Note, syntheticDocuments } from "@syncer/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConflictPolicy } from "../../../src/index.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { chain, type Leg, ordersOf, Ring, ring } from "./ring.ts";

async function newRing(habits: { readonly [name: string]: Partial<DocumentHabits> } = {}) {
  const clock = virtualClock();
  return await new Ring(clock, (name) => syntheticDocuments({ name, clock, habits: habits[name] ?? {} })).open();
}

type Notes = Awaited<ReturnType<typeof newRing>>;

function shown({ all }: Notes): readonly (readonly string[])[] {
  return all.map((service) => [...service.notes().values()].map(({ title, body }) => `${title}: ${body ?? ""}`).sort());
}

function idOf({ services }: Notes, at: keyof Notes["services"], title: string): string {
  for (const [id, note] of services[at].notes()) if (note.title === title) return id;
  throw new Error(`${at} has no ${title}`);
}

const written = ({ all }: Notes) =>
  all.flatMap(({ log }) => log.filter(({ by }) => by === "sync").map(({ kind }) => kind));
const named = (legs: readonly Leg[]) => legs.map((leg) => leg.join("-")).join(", ");
const orders = [...ordersOf(ring), ...ordersOf(chain)].map((legs) => [named(legs), legs] as const);

describe.each(orders)("documents of three services, run as %s", (_, legs) => {
  async function filled(habits: Parameters<typeof newRing>[0] = {}): Promise<Notes> {
    const bench = await newRing(habits);
    bench.services.alpha.putAll(Array.from({ length: 6 }, (_, index) => ({ title: `note ${index}`, body: "first" })));
    await bench.settle(legs);
    for (const service of bench.all) service.forgetLog();
    return bench;
  }

  it("all have what any has, each created once where it was missing", async () => {
    const bench = await newRing();
    bench.services.alpha.putAll([{ title: "one" }, { title: "shared" }]);
    bench.services.beta.putAll([{ title: "two" }, { title: "shared" }]);
    bench.services.gamma.putAll([{ title: "three" }, { title: "shared" }]);
    await bench.settle(legs);
    expect(shown(bench)).toEqual(Array(3).fill(["one: ", "shared: ", "three: ", "two: "]));
    expect(written(bench)).toEqual(Array(6).fill("create"));
    expect(await bench.settle(legs)).toBe(0);
  });

  it.each(["alpha", "beta", "gamma"] as const)("an edit and a deletion at %s go round once", async (at) => {
    const bench = await filled();
    bench.services[at].edit(idOf(bench, at, "note 0"), { body: "edited" });
    bench.services[at].remove(idOf(bench, at, "note 1"));
    await bench.settle(legs);
    expect(shown(bench)).toEqual(
      Array(3).fill(["note 0: edited", "note 2: first", "note 3: first", "note 4: first", "note 5: first"]),
    );
    expect(written(bench).sort()).toEqual(["delete", "delete", "update", "update"]);
    expect(await bench.settle(legs)).toBe(0);
  });

  it.each<ConflictPolicy>(["source-wins", "target-wins", "newest-wins", "merge"])(
    "three different edits of one note end as one, under %s",
    async (conflictPolicy) => {
      const bench = await filled();
      for (const at of ["alpha", "beta", "gamma"] as const) {
        bench.services[at].edit(idOf(bench, at, "note 0"), { body: at, tags: [at] });
        await bench.clock.advance(10_000);
      }
      await bench.settle(legs, { conflictPolicy });
      const [first, ...others] = shown(bench);
      for (const other of others) expect(other).toEqual(first);
      expect(first).toHaveLength(6);
      if (conflictPolicy === "merge") {
        const tags = bench.all.map((service) =>
          [...service.notes().values()].flatMap((note) => note.tags ?? []).sort(),
        );
        expect(tags).toEqual(Array(3).fill(["alpha", "beta", "gamma"]));
      }
      expect(await bench.settle(legs, { conflictPolicy })).toBe(0);
    },
  );

  it("a service in the middle that writes everything its own way is no reason to copy anything twice", async () => {
    const shouting: Partial<DocumentHabits> = {
      normalise: ({ title, ...rest }: Note): Note => ({
        ...rest,
        ...(title === undefined ? {} : { title: title.toUpperCase() }),
      }),
    };
    const bench = await filled({ beta: shouting });
    expect(bench.all.map((service) => service.notes().size)).toEqual([6, 6, 6]);
    bench.services.gamma.edit([...bench.services.gamma.notes().keys()][0] ?? "", { body: "edited" });
    await bench.settle(legs);
    expect(bench.all.map((service) => service.notes().size)).toEqual([6, 6, 6]);
    expect(
      bench.all.flatMap((service) => [...service.notes().values()].filter(({ body }) => body === "edited")),
    ).toHaveLength(3);
  });
});

const rings = ordersOf(ring).map((legs) => [named(legs), legs] as const);

describe.each(rings)("documents of a ring in which another program copies too, run as %s", (_, legs) => {
  it.each(["alpha", "beta", "gamma"] as const)(
    "what it doubles at %s goes no further, until that says something else",
    async (at) => {
      const bench = await newRing();
      bench.services.alpha.putAll(Array.from({ length: 6 }, (_, index) => ({ title: `note ${index}`, body: "first" })));
      await bench.settle(legs);
      const sizes = () => bench.all.map((service) => service.notes().size);
      const service = bench.services[at];
      const original = idOf(bench, at, "note 0");
      const double = service.put({ title: "note 0", body: "first" });
      const doubled = bench.all.map((each) => (each === service ? 7 : 6));
      expect(await bench.settle(legs)).toBe(0);
      expect(sizes()).toEqual(doubled);

      // It follows its original.
      service.edit(original, { body: "edited" });
      service.edit(double, { body: "edited" });
      await bench.settle(legs);
      expect(sizes()).toEqual(doubled);

      service.edit(double, { body: "its own" });
      await bench.settle(legs);
      expect(sizes()).toEqual([7, 7, 7]);
      expect(await bench.settle(legs)).toBe(0);
    },
  );

  it("what it doubles where a pair has not yet seen the original either goes no further", async () => {
    const bench = await newRing();
    bench.services.alpha.put({ title: "in step" });
    await bench.settle(legs);
    const [first = ["", ""], ...others] = legs;
    const [far] = bench.all.filter(({ name }) => !first.includes(name));
    const near = bench.all.filter(({ name }) => first.includes(name));
    far?.put({ title: "new" });
    for (const leg of others) await bench.run(leg);
    // By way of the third, both have it; and one has it twice before they are compared.
    near[0]?.put({ title: "new" });
    expect(await bench.settle(legs)).toBe(0);
    expect(near.map((service) => service.notes().size)).toEqual([3, 2]);
    expect(far?.notes().size).toBe(2);
  });

  it("two notes that say the same from the beginning are two", async () => {
    const bench = await newRing();
    bench.services.alpha.putAll([
      { title: "same", body: "first" },
      { title: "same", body: "first" },
    ]);
    await bench.settle(legs);
    expect(shown(bench)).toEqual(Array(3).fill(["same: first", "same: first"]));
  });
});

describe("documents of three services", () => {
  const act = fc.record({
    at: fc.constantFrom("alpha" as const, "beta" as const, "gamma" as const),
    note: fc.nat(7),
    kind: fc.constantFrom("edit" as const, "remove" as const, "put" as const),
    leg: fc.constantFrom(undefined, 0, 1, 2),
  });
  const policies = fc.constantFrom<ConflictPolicy>("source-wins", "target-wins", "newest-wins", "merge");

  // In a ring, one note is one user's at one service; along a chain anybody may contradict anybody.
  it.each([
    ["a ring", ordersOf(ring), fc.uniqueArray(act, { selector: ({ note }) => note, minLength: 1, maxLength: 5 })],
    ["a chain", ordersOf(chain), fc.array(act, { minLength: 1, maxLength: 5 })],
  ] as const)(
    "whatever users do, however pairs of %s are run: all end equal, nothing lost or doubled",
    async (_, orders, acts) => {
      await fc.assert(
        fc.asyncProperty(acts, fc.constantFrom(...orders), policies, async (all, legs, conflictPolicy) => {
          const bench = await newRing();
          bench.services.alpha.putAll(Array.from({ length: 8 }, (_, index) => ({ title: `note ${index}`, body: "" })));
          await bench.settle(legs, { conflictPolicy });
          for (const [turn, { at, note, kind, leg }] of all.entries()) {
            const [id] = [...bench.services[at].notes()].find(([, { title }]) => title === `note ${note}`) ?? [];
            if (kind === "put") bench.services[at].put({ title: `new ${turn}` });
            else if (id !== undefined && kind === "edit") bench.services[at].edit(id, { body: `${at} ${turn}` });
            else if (id !== undefined) bench.services[at].remove(id);
            const pair = leg === undefined ? undefined : legs[leg];
            if (pair) await bench.run(pair, { conflictPolicy });
          }
          await bench.settle(legs, { conflictPolicy });
          const [first, ...others] = shown(bench);
          for (const other of others) expect(other).toEqual(first);
          const titles = first?.map((line) => line.split(":")[0]);
          expect(new Set(titles).size).toBe(titles?.length);
          for (const [turn, { kind }] of all.entries()) if (kind === "put") expect(titles).toContain(`new ${turn}`);
        }),
        { numRuns: 25 },
      );
    },
  );
});
