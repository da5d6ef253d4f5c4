import { inventedRecordings, type Recording, syntheticLibrary } from "@syncer/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../support/virtual-clock.ts";
import { chain, type Leg, ordersOf, Ring, ring } from "./ring.ts";

const SONGS = Array.from({ length: 12 }, (_, song) => song);
const MANY = Array.from({ length: 34 }, (_, song) => song);

async function newRing(catalogues: { readonly [name: string]: readonly Recording[] } = {}) {
  const clock = virtualClock();
  return await new Ring(clock, (name) =>
    syntheticLibrary({ name, clock, recordings: catalogues[name] ?? inventedRecordings(name[0] ?? "", MANY) }),
  ).open();
}

type Favourites = Awaited<ReturnType<typeof newRing>>;

/** By song, not by the id that a service has for it. */
function songsOf({ all }: Favourites): readonly (readonly number[])[] {
  return all.map((service) =>
    service
      .ids()
      .map((id) => Number(id.slice(1)))
      .sort((a, b) => a - b),
  );
}

const named = (legs: readonly Leg[]) => legs.map((leg) => leg.join("-")).join(", ");
const orders = [...ordersOf(ring), ...ordersOf(chain)].map((legs) => [named(legs), legs] as const);

describe.each(orders)("favourites of three services, run as %s", (_, legs) => {
  it("all have what any has, each written once where it was missing", async () => {
    const bench = await newRing();
    const { alpha, beta, gamma } = bench.services;
    alpha.put("a0", "a1", "a5");
    beta.put("b2", "b3", "b5");
    gamma.put("g3", "g4", "g5");
    await bench.settle(legs);
    expect(songsOf(bench)).toEqual(Array(3).fill([0, 1, 2, 3, 4, 5]));
    // Nine are there of eighteen.
    expect(bench.all.flatMap(({ log }) => log.filter(({ by }) => by === "sync"))).toHaveLength(9);
    expect(await bench.settle(legs)).toBe(0);
  });

  it.each(["alpha", "beta", "gamma"] as const)(
    "what is removed at %s goes round once, and never comes back",
    async (at) => {
      const bench = await newRing();
      bench.services.alpha.put(...SONGS.map((song) => `a${song}`));
      await bench.settle(legs);
      for (const service of bench.all) service.forgetLog();
      bench.services[at].take(`${at[0]}3`, `${at[0]}4`);
      await bench.settle(legs);
      const left = SONGS.filter((song) => song !== 3 && song !== 4);
      expect(songsOf(bench)).toEqual(Array(3).fill(left));
      const removed = bench.all.flatMap(({ log }) => log.filter(({ by }) => by === "sync").map(({ kind }) => kind));
      expect(removed).toEqual(Array(4).fill("remove"));
      expect(await bench.settle(legs)).toBe(0);
    },
  );

  it("removed at one service and added at another meanwhile: one or the other, the same everywhere", async () => {
    const bench = await newRing();
    bench.services.beta.put(...SONGS.map((song) => `b${song}`));
    await bench.settle(legs);
    bench.services.alpha.take("a3");
    bench.services.gamma.take("g3");
    bench.services.gamma.put("g3");
    await bench.settle(legs);
    const [first, ...others] = songsOf(bench);
    for (const other of others) expect(other).toEqual(first);
    expect(await bench.settle(legs)).toBe(0);
  });
});

describe("favourites of three services", () => {
  const act = fc.record({
    at: fc.constantFrom("alpha" as const, "beta" as const, "gamma" as const),
    song: fc.oneof(fc.nat(33), fc.nat(1), fc.constantFrom(30, 31)),
    kind: fc.constantFrom("put" as const, "take" as const),
    leg: fc.constantFrom(undefined, 0, 1, 2),
  });
  // A few songs only, so that users contradict each other.
  it.each([
    ["a ring", ordersOf(ring)],
    ["a chain", ordersOf(chain)],
  ] as const)(
    "whatever users do, however pairs of %s are run: all end equal, and it comes to an end",
    async (_, orders) => {
      const acts = fc.array(act, { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(acts, fc.constantFrom(...orders), async (all, legs) => {
          const bench = await newRing();
          // So many that no guard holds what so few acts remove.
          bench.services.alpha.put(...MANY.slice(0, 30).map((song) => `a${song}`));
          bench.services.gamma.put("g0", "g1");
          await bench.settle(legs);
          for (const { at, song, kind, leg } of all) {
            bench.services[at][kind](`${at[0]}${song}`);
            const pair = leg === undefined ? undefined : legs[leg];
            if (pair) await bench.run(pair);
          }
          await bench.settle(legs);
          const [first, ...others] = songsOf(bench);
          for (const other of others) expect(other).toEqual(first);
        }),
        { numRuns: 40 },
      );
    },
    30_000,
  );

  it("an item that somebody has exchanged for another recording can be removed later", async () => {
    // Of song 0 beta has another recording too, under the last id.
    const bench = await newRing({ beta: inventedRecordings("b", [...MANY, 0]) });
    const { alpha, beta } = bench.services;
    alpha.put("a0", "a1", "a2");
    await bench.settle(ring);
    const [taken, put] = beta.has("b0") ? ["b0", `b${MANY.length}`] : [`b${MANY.length}`, "b0"];
    beta.take(taken);
    beta.put(put);
    await bench.settle(ring);
    expect(bench.all.map((service) => service.ids().length)).toEqual([3, 3, 3]);
    alpha.take("a0");
    await bench.settle(ring);
    expect(bench.all.map((service) => service.ids().length)).toEqual([2, 2, 2]);
  });

  it("what has come to a service by way of a third is not sent to it again under another id", async () => {
    // Beta's is between the others: its length is near to both, and theirs are not. Gamma has a nearer one for alpha.
    const common = { artist: "The Inventors", title: "Quarry Street" };
    const isrc = "GBXYZ2600001";
    const other = { artist: "The Inventors", title: "Fernweh", lengthMs: 180_000, isrc: "GBXYZ2600002" };
    const bench = await newRing({
      alpha: [
        { ...common, id: "a0", lengthMs: 200_000, isrc },
        { ...other, id: "a9" },
      ],
      beta: [
        { ...common, id: "b0", lengthMs: 212_000, isrc },
        { ...other, id: "b9" },
      ],
      gamma: [
        { ...other, id: "g9" },
        { ...common, id: "g0", lengthMs: 220_000 },
        { ...common, id: "g1", lengthMs: 200_000, isrc },
      ],
    });
    const { alpha, beta, gamma } = bench.services;
    alpha.put("a9", "a0");
    beta.put("b9", "b0");
    gamma.put("g9", "g0");
    await bench.settle(ring);
    expect(bench.all.map((service) => service.ids())).toEqual([
      ["a9", "a0"],
      ["b9", "b0"],
      ["g9", "g0"],
    ]);
    expect(bench.writes).toBe(0);
    const links = await bench.storage.select({ table: "links", where: { state: "linked" } });
    expect(links).toHaveLength(6);
    expect(links.map(({ matched_by }) => matched_by)).toContain("chain");
    gamma.take("g0");
    await bench.settle(ring);
    expect(bench.all.map((service) => service.ids())).toEqual([["a9"], ["b9"], ["g9"]]);
  });
});
