import type { ConflictPolicy } from "@syncer/core";
import type { DocumentHabits } from "@syncer/testkit";
import fc from "fast-check";
import type { Mishap } from "../base/process.ts";
import type { Place } from "./notes.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What a person does. `what` chooses among what is possible. */
export type Edit = NewNote | Rewrite | Deed;

/** `both`: the same on both sides, as a person does who does not trust the sync; or nearly the same. */
export interface NewNote {
  readonly kind: "write";
  readonly side: Place;
  readonly both: "no" | "same" | "other";
}

export interface Rewrite {
  readonly kind: "title" | "body" | "loud" | "done" | "lines" | "tag" | "untag" | "line" | "unline";
  readonly side: Place;
  readonly what: number;
  readonly both: boolean;
}

export interface Deed {
  readonly kind: "undo" | "touch" | "delete" | "undelete" | "move";
  readonly side: Place;
  readonly what: number;
}

export type Lie = "empty" | "half" | "failing-page" | "looping" | "doubled" | "wrong-total";
export type FaultKind = "unavailable" | "rate-limited" | "deferred" | "malformed" | "outcome-unknown";
export type FaultyCalls = "list" | "get" | "create" | "update" | "delete" | "any";

/** One step of a history: plain data, so that a shorter history is still one. */
export type Step =
  | { readonly do: "edit"; readonly edit: Edit }
  | { readonly do: "edits"; readonly edits: readonly Edit[] }
  | { readonly do: "delete-many"; readonly side: Place; readonly count: number }
  | { readonly do: "edit-many"; readonly side: Place }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "sync" }
  | { readonly do: "plan"; readonly edits: readonly Edit[]; readonly waitMs: number }
  | {
      readonly do: "fault";
      readonly side: Place;
      readonly calls: FaultyCalls;
      readonly fault: FaultKind;
      readonly moment: "before" | "after";
      readonly skip: number;
      readonly times: number;
    }
  | { readonly do: "mishap"; readonly mishap: Exclude<Mishap, { what: "stalls" }> }
  | { readonly do: "stall"; readonly at: number; readonly edits: readonly Edit[] }
  | { readonly do: "lie"; readonly side: Place; readonly lie: Lie }
  /** An answer is lost, and then the note is edited again where it was edited before. */
  | { readonly do: "lost"; readonly side: Place; readonly what: number; readonly moment: "before" | "after" }
  /** Somebody edits the very document that is about to be updated, in another field. */
  | { readonly do: "beside"; readonly side: Place; readonly what: number }
  /** One note is edited on either side in turn, with a run after each. */
  | { readonly do: "to-and-fro"; readonly what: number; readonly turns: number }
  | { readonly do: "meanwhile"; readonly at: number; readonly edits: readonly Edit[] }
  | { readonly do: "duel"; readonly waits: number }
  | { readonly do: "confirm" }
  | { readonly do: "decide"; readonly what: number; readonly winner: "source" | "target" }
  | { readonly do: "policy"; readonly policy: ConflictPolicy }
  | { readonly do: "restart" }
  /** Faults stop, and everything comes into step. */
  | { readonly do: "calm" };

/** How a service behaves, in a whole history. */
export interface Habits
  extends Pick<
    DocumentHabits,
    | "pageSize"
    | "totals"
    | "order"
    | "paging"
    | "versions"
    | "preconditions"
    | "times"
    | "identity"
    | "repeats"
    | "deletedIds"
    | "uids"
    | "verbatim"
    | "updates"
    | "probe"
    | "tombstones"
    | "deletedAt"
    | "ids"
    | "lag"
  > {
  /** Keeps no capitals in texts. */
  readonly quiet: boolean;
  /** Tells what has changed since a token. */
  readonly deltas?: "told";
}

export interface DocumentsHistory {
  readonly mode: "bidirectional" | "sync-from" | "sync-to";
  readonly propagation: "additive" | "mirror";
  readonly policy: ConflictPolicy;
  /** What is there at first: on both sides, and on single ones. */
  readonly shared: number;
  readonly single: number;
  readonly habits: readonly [Habits, Habits];
  /** A field that the service does not hold. */
  readonly lacking: "nothing" | "done on the source" | "lines on the target";
  /** Notes, by the remainder of their number by five, whose writes a service refuses. */
  readonly refusal?: { readonly side: Place; readonly kind: "create" | "update" | "delete"; readonly rest: number };
  readonly steps: readonly Step[];
}

const side = fc.constantFrom<Place>(0, 1);
const what = fc.nat(200);
const policy = fc.constantFrom<ConflictPolicy>(
  "skip",
  "merge",
  "newest-wins",
  "source-wins",
  "target-wins",
  "overwrite",
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("write"),
      side,
      both: fc.constantFrom("no", "no", "no", "same", "other"),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom("title", "body", "loud", "done", "lines", "tag", "tag", "untag", "line", "unline"),
      side,
      what,
      both: fc.integer({ min: 0, max: 11 }).map((chance) => chance === 11),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("undo", "undo", "touch", "delete", "delete", "undelete", "move"),
      side,
      what,
    }),
  },
);
const edits = (maxLength: number) => fc.array(edit, { maxLength });

const anyHabits: fc.Arbitrary<Habits> = fc.record({
  pageSize: fc.constantFrom(50, 1, 2, 3, 7),
  totals: fc.constantFrom("exact", "inexact", "absent"),
  order: fc.constantFrom("newest-first", "oldest-first", "unsteady"),
  paging: fc.constantFrom("snapshot", "offset"),
  versions: fc.constantFrom("etag", "etag", "none"),
  preconditions: fc.constantFrom("conditional", "conditional", "none"),
  times: fc.constantFrom<Habits["times"]>(
    { offsetMs: 0, resolutionMs: 1 },
    { offsetMs: 90_000, resolutionMs: 1 },
    { offsetMs: -3_600_000, resolutionMs: 1 },
    { offsetMs: 90_000, resolutionMs: 1, told: false },
    "none",
  ),
  identity: fc.constantFrom("client-id", "marker", "none"),
  repeats: fc.constantFrom("refused", "answered", "answered-by-key"),
  deletedIds: fc.constantFrom("free", "taken"),
  uids: fc.constantFrom("as-given", "own"),
  verbatim: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  updates: fc.constantFrom("patch", "replace"),
  // A hint may overlook an edit for a day; little can be said of a history with one, so there is none.
  probe: fc.constantFrom("none", "exact"),
  tombstones: fc.constantFrom("listed", "none"),
  deletedAt: fc.boolean(),
  ids: fc.constantFrom("opaque", "sensitive"),
  lag: fc
    .integer({ min: 0, max: 11 })
    .map((chance) => ({ listMs: chance === 11 ? 45_000 : 0, getMs: chance === 11 ? 45_000 : 0 })),
  quiet: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 3),
});

/** What a service may have together. */
const habits = anyHabits.map((any): Habits => {
  const versioned: Habits = any.versions === "none" ? { ...any, preconditions: "none" } : any;
  return any.quiet ? { ...versioned, verbatim: false } : versioned;
});

const wait = fc.constantFrom(31 * SECOND_MS, 10 * MINUTE_MS, 5 * HOUR_MS, 25 * HOUR_MS);

const mishap = fc.oneof(
  fc.record({ what: fc.constant("dies"), at: fc.integer({ min: 1, max: 120 }) }),
  fc.record({
    what: fc.constant("write-fails"),
    at: fc.integer({ min: 1, max: 14 }),
    moment: fc.constantFrom("before", "after"),
  }),
  fc.record({ what: fc.constant("read-fails"), at: fc.integer({ min: 1, max: 24 }) }),
);

/** Steps with how often they come. Most are what people do; every few steps there is a run. */
const kinds: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Step>])[] = [
  [40, edit.map((each): Step => ({ do: "edit", edit: each }))],
  [4, edits(5).map((all): Step => ({ do: "edits", edits: all }))],
  [1, fc.record({ do: fc.constant("delete-many"), side, count: fc.integer({ min: 3, max: 30 }) })],
  [1, fc.record({ do: fc.constant("edit-many"), side })],
  [8, fc.record({ do: fc.constant("wait"), ms: wait })],
  [18, fc.constant<Step>({ do: "sync" })],
  [3, fc.record({ do: fc.constant("plan"), edits: edits(3), waitMs: fc.constantFrom(0, 0, MINUTE_MS, HOUR_MS) })],
  [
    5,
    fc.record({
      do: fc.constant("fault"),
      side,
      calls: fc.constantFrom<FaultyCalls>("any", "create", "update", "delete", "list", "get"),
      fault: fc.constantFrom<FaultKind>("outcome-unknown", "unavailable", "rate-limited", "malformed", "deferred"),
      moment: fc.constantFrom("after", "before"),
      skip: fc.constantFrom(0, 0, 1, 2, 5),
      times: fc.constantFrom(1, 1, 2, 1_000),
    }),
  ],
  [5, mishap.map((each): Step => ({ do: "mishap", mishap: each }))],
  [1, fc.record({ do: fc.constant("stall"), at: fc.integer({ min: 1, max: 120 }), edits: edits(2) })],
  [
    2,
    fc.record({
      do: fc.constant("lie"),
      side,
      lie: fc.constantFrom<Lie>("empty", "half", "failing-page", "looping", "doubled", "wrong-total"),
    }),
  ],
  [2, fc.record({ do: fc.constant("meanwhile"), at: fc.integer({ min: 1, max: 14 }), edits: edits(2) })],
  [2, fc.record({ do: fc.constant("lost"), side, what, moment: fc.constantFrom("before", "after") })],
  [1, fc.record({ do: fc.constant("beside"), side, what })],
  [1, fc.record({ do: fc.constant("to-and-fro"), what, turns: fc.integer({ min: 2, max: 6 }) })],
  [1, fc.record({ do: fc.constant("duel"), waits: fc.nat(60) })],
  [2, fc.constant<Step>({ do: "confirm" })],
  [3, fc.record({ do: fc.constant("decide"), what, winner: fc.constantFrom("source", "target") })],
  [4, policy.map((each): Step => ({ do: "policy", policy: each }))],
  [1, fc.constant<Step>({ do: "restart" })],
  [1, fc.constant<Step>({ do: "calm" })],
];

const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const refusal = fc.record({ side, kind: fc.constantFrom("create", "update", "delete"), rest: fc.nat(4) });
/** Once in a while. */
const refusals = fc.tuple(fc.nat(9), refusal).map(([chance, refused]) => (chance === 9 ? refused : undefined));

export const documentsHistories: fc.Arbitrary<DocumentsHistory> = fc
  .record({
    mode: fc.constantFrom("bidirectional", "bidirectional", "bidirectional", "bidirectional", "sync-from", "sync-to"),
    propagation: fc.constantFrom("additive", "mirror"),
    policy,
    shared: fc.integer({ min: 0, max: 11 }).map((count) => (count > 9 ? 24 : count)),
    single: fc.nat(2),
    habits: fc.tuple(habits, habits),
    lacking: fc.constantFrom("nothing", "nothing", "nothing", "done on the source", "lines on the target"),
    refusal: refusals,
    steps: fc.array(step, { minLength: 1, maxLength: 80, size: "max" }),
  })
  .map(({ refusal, habits, ...history }): DocumentsHistory => {
    if (!refusal) return { ...history, habits };
    // Where ids are kept sealed, nobody is told of which note a conflict is.
    const [source, target] = habits;
    return {
      ...history,
      refusal,
      habits: [
        { ...source, ids: "opaque" },
        { ...target, ids: "opaque" },
      ],
    };
  });
