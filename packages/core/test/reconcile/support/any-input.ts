import fc from "fast-check";
import {
  type Arrival,
  type ConflictPolicy,
  conflictPolicies,
  type DecisionTableName,
  type LinkFacts,
  type LinkState,
  type Presence,
  type ReconcileInput,
  type SideLetter,
} from "../../../src/reconcile/index.ts";

/**
 * Everything that `reconcile` is told, as plain values, so that it can be turned about and printed. Inputs are of any
 * kind, also such as no history leads to; only what the ports promise holds: an entry has one link or arrival of its own,
 * and what was agreed on has both ids.
 */
export interface Given {
  readonly table: DecisionTableName;
  readonly links: readonly LinkFacts[];
  readonly arrivals: readonly Arrival[];
  readonly strays: readonly string[];
  readonly aComplete: boolean;
  readonly a: Readonly<Record<string, Presence>>;
  readonly b: Readonly<Record<string, Presence>>;
  readonly documents?: GivenDocuments;
}

export interface GivenDocuments {
  readonly policy: ConflictPolicy;
  readonly source: SideLetter;
  readonly complete: { readonly a: boolean; readonly b: boolean };
  /** Pairs that hold the same, as `a b`. */
  readonly equal: readonly string[];
  readonly later: Readonly<Record<string, SideLetter>>;
  readonly recorded: Readonly<Record<string, { readonly decision?: SideLetter }>>;
}

export function toInput({ documents, a, b, ...rest }: Given): ReconcileInput {
  return {
    ...rest,
    a: (id) => a[id] ?? "absent",
    b: (id) => b[id] ?? "absent",
    ...(documents && {
      documents: {
        policy: documents.policy,
        source: documents.source,
        complete: documents.complete,
        equal: (aId, bId) => documents.equal.includes(`${aId} ${bId}`),
        later: (aId, bId) => documents.later[`${aId} ${bId}`],
        recorded: (key) => documents.recorded[key],
      },
    }),
  };
}

const aIds = ["a0", "a1", "a2", "a3"] as const;
const bIds = ["b0", "b1", "b2", "b3"] as const;
/** Pairs that documents come in; one that has moved to another id is marked. */
const everyPair = aIds.flatMap((aId, place) => [`${aId} ${bIds[place]}`, `${aId}' ${bIds[place]}`]);

const presence = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Presence>("present") },
  { weight: 3, arbitrary: fc.constant<Presence>("absent") },
  { weight: 1, arbitrary: fc.constant<Presence>("unknown") },
);
const letter = fc.constantFrom<SideLetter>("a", "b");
const agreedStates: readonly LinkState[] = ["linked", "linked", "detached", "suppressed"];
const openStates: readonly LinkState[] = ["pending", "unmatched", "uncertain", "refused"];

export const oneWayTables: readonly DecisionTableName[] = ["additive", "mirror", "prune"];
const everyTable: readonly DecisionTableName[] = ["two-way", ...oneWayTables];

/** What is known of one entry of a set: nothing, an arrival, or a link, which may share its counterpart with others. */
function entry(counterparts: readonly string[]) {
  const to = fc.constantFrom(...counterparts);
  const alias = fc.boolean();
  const none = fc.constant(undefined);
  return fc.oneof(
    { weight: 1, arbitrary: none },
    { weight: 1, arbitrary: fc.record({ state: none, to: fc.option(to, { nil: undefined }) }) },
    { weight: 2, arbitrary: fc.record({ state: fc.constantFrom(...agreedStates, ...openStates), to, alias }) },
    { weight: 1, arbitrary: fc.record({ state: fc.constantFrom(...openStates), to: none, alias }) },
  );
}

function seenOn(ids: readonly string[]) {
  return fc
    .tuple(...ids.map(() => presence))
    .map((seen) => Object.fromEntries(ids.map((id, place) => [id, seen[place]!])));
}

function sets(tables: readonly DecisionTableName[]): fc.Arbitrary<Given> {
  const shape = fc.record({
    table: fc.constantFrom(...tables),
    onA: fc.tuple(...aIds.map(() => entry(bIds))),
    onB: fc.tuple(...bIds.map(() => entry(aIds))),
    a: seenOn(aIds),
    b: seenOn(bIds),
    strays: fc.array(fc.constantFrom(...bIds), { maxLength: 3 }),
    aComplete: fc.boolean(),
  });
  return shape.map(({ table, onA, onB, a, b, strays, aComplete }) => {
    const links: LinkFacts[] = [];
    const arrivals: Arrival[] = [];
    for (const [place, found] of onA.entries()) {
      const aId = aIds[place]!;
      const own = { key: `a:${aId}`, origin: "a" as const, aId, ...(found?.to === undefined ? {} : { bId: found.to }) };
      if (found?.state) links.push({ ...own, state: found.state, alias: found.alias });
      else if (found && a[aId] === "present") arrivals.push(own);
    }
    for (const [place, found] of onB.entries()) {
      const bId = bIds[place]!;
      const own = { key: `b:${bId}`, origin: "b" as const, bId, ...(found?.to === undefined ? {} : { aId: found.to }) };
      if (found?.state) links.push({ ...own, state: found.state, alias: found.alias });
      else if (found && table === "two-way" && b[bId] === "present") arrivals.push(own);
    }
    // What a link knows does not arrive.
    const linkedA = new Set(links.map(({ aId }) => aId));
    const linkedB = new Set(links.map(({ bId }) => bId));
    const unlinked = arrivals.filter(({ origin, aId, bId }) =>
      origin === "a" ? !linkedA.has(aId) : !linkedB.has(bId),
    );
    return { table, links, arrivals: unlinked, strays, aComplete, a, b };
  });
}

/** Documents stand one for one, except where one has moved to another id. */
const document = fc.record({
  origin: letter,
  state: fc.option(fc.constantFrom<LinkState>(...agreedStates, ...openStates, "conflict", "conflict"), {
    nil: undefined,
  }),
  matched: fc.boolean(),
  a: fc.oneof(presence, fc.constant<Presence>("changed")),
  b: fc.oneof(presence, fc.constant<Presence>("changed")),
  moved: fc.option(letter, { nil: undefined, freq: 4 }),
});

function documents(tables: readonly DecisionTableName[]): fc.Arbitrary<Given> {
  const shape = fc.record({
    table: fc.constantFrom(...tables),
    slots: fc.array(document, { maxLength: aIds.length }),
    facts: givenDocuments,
    strays: fc.subarray(["b4", "b5"]),
    aComplete: fc.boolean(),
  });
  return shape.map(({ table, slots, facts, strays, aComplete }) => {
    const links: LinkFacts[] = [];
    const arrivals: Arrival[] = [];
    const a: Record<string, Presence> = {};
    const b: Record<string, Presence> = { b4: "present", b5: "unknown" };
    for (const [place, { origin, state, matched, moved, ...seen }] of slots.entries()) {
      const [aId, bId] = [aIds[place]!, bIds[place]!];
      const key = `${origin}:${origin === "a" ? aId : bId}`;
      const both = matched || (state !== undefined && !openStates.includes(state));
      a[aId] = seen.a;
      b[bId] = seen.b;
      if (state !== undefined) {
        const ids = both ? { aId, bId } : origin === "a" ? { aId } : { bId };
        links.push({ key, origin, ...ids, state, alias: false });
      } else if (origin === "a" && seen.a === "present") {
        arrivals.push({ key, origin, aId, ...(both ? { bId } : {}) });
      } else if (origin === "b" && seen.b === "present" && table === "two-way") {
        arrivals.push({ key, origin, bId, ...(both ? { aId } : {}) });
      }
      if (both && moved === "a") {
        a[`${aId}'`] = "present";
        arrivals.push({ key: `a:${aId}'`, origin: "a", aId: `${aId}'`, bId });
      }
    }
    return { table, links, arrivals, strays, aComplete, a, b, documents: facts };
  });
}

const everyKey = [...aIds.map((id) => `a:${id}`), ...bIds.map((id) => `b:${id}`)];

const givenDocuments: fc.Arbitrary<GivenDocuments> = fc.record({
  policy: fc.constantFrom(...conflictPolicies),
  source: letter,
  complete: fc.record({ a: fc.boolean(), b: fc.boolean() }),
  equal: fc.subarray(everyPair),
  later: fc.dictionary(fc.constantFrom(...everyPair), letter, { noNullPrototype: true }),
  recorded: fc.dictionary(fc.constantFrom(...everyKey), fc.record({ decision: letter }, { requiredKeys: [] }), {
    noNullPrototype: true,
  }),
});

export const anyInput = fc.oneof(sets(everyTable), documents(everyTable));
export const anyTwoWay = fc.oneof(sets(["two-way"]), documents(["two-way"]));
export const anyOneWay = fc.oneof(sets(oneWayTables), documents(oneWayTables));

export function isThere(seen: Presence | undefined): boolean {
  return seen === "present" || seen === "changed";
}
