import { createTransport, type DocumentCollection, type Session, systemRandom } from "@syncer/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type CallKind,
  type DocumentHabits,
  type Fault,
  fastForwardClock,
  type NativeNote,
  type Note,
  type Spoilt,
  type SyntheticDocuments,
  syntheticDocuments,
} from "../../src/index.ts";
import { operationId, sessionOf } from "./support/notes-bench.ts";

type Notes = DocumentCollection<NativeNote, Note>;

/** A service, and one way to it. */
interface Way {
  readonly service: SyntheticDocuments;
  readonly session: Session;
  notes(): Notes;
}

/** Something that the user, an engine or a test does; `undefined` where there is nothing to see. */
type Step = (way: Way) => Promise<unknown>;

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const note: fc.Arbitrary<Note> = fc.record(
  {
    title: some("Milk", "Bread", "Eggs / 100% é\n"),
    body: some("", "a", "b"),
    done: some(null, true, false),
    tags: fc.array(some("x", "y"), { maxLength: 2 }),
    lines: fc.array(some("1", "2"), { maxLength: 3 }),
    uid: some("u1", "u2"),
  },
  { requiredKeys: [] },
);

const habits: fc.Arbitrary<Partial<DocumentHabits>> = fc.record(
  {
    pageSize: some(1, 2, 50),
    totals: some("exact", "inexact", "absent"),
    order: some("oldest-first", "newest-first", "unsteady"),
    identity: some("client-id", "marker", "none"),
    repeats: some("refused", "answered", "answered-by-key"),
    deletedIds: some("free", "taken"),
    uids: some("as-given", "own"),
    updates: some("patch", "replace"),
    probe: some("exact", "hint", "none"),
    tombstones: some("listed", "none"),
    deletedAt: fc.boolean(),
    ids: some("opaque", "sensitive"),
    maxItems: some(3, 10),
    lag: some({ listMs: 0, getMs: 0 }, { listMs: 900, getMs: 300 }, { listMs: 900, getMs: 900, manner: "flapping" }),
    times: some<DocumentHabits["times"]>("none", { offsetMs: -5_000, resolutionMs: 1_000 }),
    lie: some({ lie: "missing-page", page: 1 }, { lie: "looping", page: 1 }, { lie: "doubled-rows" }),
    container: some("there", "there", "there", "gone", "forbidden"),
  },
  { requiredKeys: [] },
);

const nth = ({ service }: Way, index: number) => [...service.notes().keys(), "none"][index] ?? "none";
const place = fc.nat(4);

const userSteps = fc.oneof(
  note.map(
    (given): Step =>
      async ({ service }) =>
        service.put(given),
  ),
  fc.tuple(place, note).map(
    ([at, given]): Step =>
      async (way) =>
        way.service.edit(nth(way, at), given),
  ),
  place.map(
    (at): Step =>
      async (way) =>
        way.service.remove(nth(way, at)),
  ),
  fc.tuple(place, some<Spoilt>("unreadable", "nameless", "garbled", "foreign")).map(
    ([at, how]): Step =>
      async (way) =>
        way.service.spoil(nth(way, at), how),
  ),
  habits.map(
    (changed): Step =>
      async ({ service }) =>
        service.adopt(changed),
  ),
  some<Fault>({ kind: "invalid", reason: "no-such" }, { kind: "outcome-unknown" }, { kind: "malformed" }).chain(
    (fault) =>
      fc.tuple(some<"before" | "after">("before", "after"), some<CallKind>("create", "update", "delete")).map(
        ([moment, calls]): Step =>
          async ({ service }) =>
            void service.fail({ with: fault, moment, calls }),
      ),
  ),
);

const engineSteps = fc.oneof(
  some<Step>(async ({ notes, session }) => {
    const pages = [];
    for await (const page of notes().read.list(session, {})) pages.push(page);
    return pages;
  }),
  some<Step>(async ({ notes, session }) => notes().read.probe?.read(session, { rows: 0 })),
  place.map(
    (at): Step =>
      async (way) =>
        way.notes().read.get(way.session, nth(way, at)),
  ),
  fc.tuple(note, some("one", "two")).map(
    ([item, operation]): Step =>
      async ({ notes, session }) =>
        notes().write?.create(session, { item, operationId: operationId(operation) }),
  ),
  fc.tuple(place, note, fc.boolean()).map(
    ([at, { uid: _, ...item }, conditional]): Step =>
      async (way) => {
        const id = nth(way, at);
        const seen = await way.notes().read.get(way.session, id);
        const previous = seen.state === "found" ? seen.native : { key: id };
        const ifVersion = seen.state === "found" ? seen.version : undefined;
        return way.notes().write?.update(way.session, {
          id,
          item,
          previous,
          operationId: operationId("update"),
          ...(conditional && ifVersion !== undefined ? { ifVersion } : {}),
        });
      },
  ),
  fc.tuple(place, fc.boolean()).map(
    ([at, wrong]): Step =>
      async (way) =>
        way.notes().write?.delete(way.session, {
          id: nth(way, at),
          operationId: operationId("delete"),
          ...(wrong ? { ifVersion: '"0"' } : {}),
        }),
  ),
);

const told = async (step: Step, way: Way): Promise<unknown> =>
  step(way).then(
    (value) => ({ value }),
    (error: { readonly name: string; readonly failure?: unknown }) => ({ name: error.name, failure: error.failure }),
  );

it("answers over HTTP as it does in this process, whatever happens", { timeout: 60_000 }, async () => {
  const history = fc.array(fc.tuple(fc.oneof(userSteps, engineSteps, engineSteps), some(0, 400, 1_000)), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(habits, history, async (initial, steps) => {
      let nowMs = Date.UTC(2026, 10, 22);
      const clock = { now: () => nowMs, sleep: () => Promise.reject(new Error("nobody waits for a service")) };
      const [near, far] = [0, 1].map(() => syntheticDocuments({ name: "paper", clock, habits: initial }));
      if (!near || !far) throw new Error("there are two");
      // The transport has a clock of its own, which its pauses move.
      const transport = createTransport({ fetch: far.fetch, clock: fastForwardClock(), random: systemRandom });
      const provider = far.providerOverHttp();
      const ways: readonly Way[] = [
        { service: near, session: sessionOf("paper"), notes: () => near.provider().collections.notes as Notes },
        {
          service: far,
          session: transport.session({ provider, tenantId: "tenant", connectionId: "connection", accountId: "me" }),
          notes: () => far.providerOverHttp().collections.notes as Notes,
        },
      ];
      for (const [step, waitMs] of steps) {
        const [seenNear, seenFar] = [await told(step, ways[0] as Way), await told(step, ways[1] as Way)];
        expect(seenFar).toEqual(seenNear);
        nowMs += waitMs;
      }
      expect(far.log).toEqual(near.log);
      expect(far.calls).toEqual(near.calls);
    }),
    { numRuns: 300 },
  );
});

it("makes of quiet that is asked for what a transport makes of it", async () => {
  const clock = fastForwardClock();
  const service = syntheticDocuments({ name: "paper", clock });
  const provider = service.providerOverHttp();
  const transport = createTransport({ fetch: service.fetch, clock, random: systemRandom });
  const session = transport.session({ provider, tenantId: "tenant", connectionId: "connection" });
  const notes = provider.collections.notes as Notes;
  const startMs = clock.now();
  service.fail({ with: { kind: "rate-limited", retryAfterMs: 7_000 } });
  expect(await notes.read.get(session, "paper-1")).toEqual({ state: "gone" });
  expect(clock.now()).toBeGreaterThanOrEqual(startMs + 7_000);
  expect(service.calls).toEqual({ get: 2 });

  service.fail({ with: { kind: "deferred", forMs: 86_400_000 } });
  await expect(notes.read.get(session, "paper-1")).rejects.toMatchObject({ name: "DeferredError" });
  expect((await provider.health(transport.session({ provider, tenantId: "another" }))).status).toBe("healthy");
});
