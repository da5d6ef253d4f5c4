import type { LibraryHabits } from "@syncer/testkit";
import fc from "fast-check";
import type { Mishap } from "../base/process.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What a person does. `what` chooses among what is possible. */
export interface Edit {
  readonly kind: "put" | "take";
  readonly side: number;
  readonly what: number;
}

export type Lie = "empty" | "half" | "failing-page" | "wrong-total" | "looping" | "doubled";
export type FaultKind = "unavailable" | "rate-limited" | "deferred" | "malformed" | "outcome-unknown";
export type FaultyCalls = "list" | "probe" | "lookup" | "get" | "add" | "remove" | "any";

/** One step of a history: plain data, so that a shorter history is still one. */
export type Step =
  | ({ readonly do: "edit" } & Edit)
  | { readonly do: "edits"; readonly edits: readonly Edit[] }
  | { readonly do: "put-many" | "take-many"; readonly side: number; readonly count: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "sync" }
  | { readonly do: "plan"; readonly edits: readonly Edit[]; readonly waitMs: number }
  | {
      readonly do: "fault";
      readonly side: number;
      readonly calls: FaultyCalls;
      readonly fault: FaultKind;
      readonly moment: "before" | "after";
      readonly skip: number;
      readonly times: number;
    }
  | { readonly do: "mishap"; readonly mishap: Exclude<Mishap, { what: "stalls" }> }
  | { readonly do: "stall"; readonly at: number; readonly edits: readonly Edit[] }
  | { readonly do: "lie"; readonly side: number; readonly lie: Lie; readonly planned: boolean }
  | { readonly do: "duel"; readonly waits: number }
  | { readonly do: "meanwhile"; readonly at: number; readonly edits: readonly Edit[] }
  | { readonly do: "confirm" }
  | { readonly do: "restart" }
  /** Faults stop, and everything comes into step. */
  | { readonly do: "calm" }
  | { readonly do: "mode"; readonly mode: Mode; readonly propagation: "additive" | "mirror" }
  | { readonly do: "habits"; readonly side: number; readonly habits: Habits }
  | { readonly do: "withdraw"; readonly side: number; readonly what: number; readonly how: Withdrawal }
  | { readonly do: "return"; readonly side: number; readonly what: number }
  | { readonly do: "container"; readonly side: number; readonly is: "gone" | "forbidden" }
  | { readonly do: "lose"; readonly side: number; readonly what: number; readonly moment: "before" | "after" };

export type Mode = "bidirectional" | "sync-from" | "sync-to";
export type Withdrawal = "vanished" | "unreadable" | "unplayable";
/** What a service may choose without the result being another. */
export type Habits = Pick<
  LibraryHabits,
  "pageSize" | "totals" | "order" | "paging" | "batchSize" | "probe" | "addedAt" | "repeatedAdd" | "search" | "lag"
>;

export interface MembershipHistory {
  readonly mode: Mode;
  readonly propagation: "additive" | "mirror";
  /** Many songs, so that a fifth of them is more than a few. */
  readonly large: boolean;
  /** What is there at first: on both sides, and on single ones. */
  readonly shared: number;
  readonly single: number;
  readonly habits: readonly [Habits, Habits];
  /** Songs that the services refuse to add or to remove. */
  readonly refusals: readonly { readonly side: number; readonly kind: "add" | "remove"; readonly song: number }[];
  readonly steps: readonly Step[];
}

const side = fc.nat(1);
const what = fc.nat(200);

const edit: fc.Arbitrary<Edit> = fc.record({ kind: fc.constantFrom("put", "take"), side, what });
const edits = (maxLength: number) => fc.array(edit, { maxLength });

/** Once in a while a service shows old states, or a probe that overlooks things: then little can be said of it. */
const anyHabits: fc.Arbitrary<Habits> = fc.record({
  pageSize: fc.constantFrom(50, 1, 2, 3, 7),
  totals: fc.constantFrom("exact", "inexact", "absent"),
  order: fc.constantFrom("newest-first", "oldest-first", "unsteady"),
  paging: fc.constantFrom("snapshot", "offset"),
  batchSize: fc.constantFrom({ add: 50, remove: 50 }, { add: 1, remove: 1 }, { add: 2, remove: 5 }),
  probe: fc.constantFrom("none", "exact", "none", "exact", "hint"),
  addedAt: fc.boolean(),
  repeatedAdd: fc.constantFrom("told", "told", "refused"),
  search: fc.constantFrom("none", "by-title"),
  lag: fc.constantFrom<Habits["lag"]>(
    { listMs: 0 },
    { listMs: 0 },
    { listMs: 0 },
    { listMs: 45_000 },
    { listMs: 20_000, manner: "flapping" },
  ),
});

/** Pages that are cut from now this and now that state, with as many rows in both, would show what never was. */
const habits = anyHabits.map((any): Habits => (any.lag.manner === "flapping" ? { ...any, paging: "snapshot" } : any));

const wait = fc.constantFrom(5 * SECOND_MS, 31 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, 5 * HOUR_MS, 25 * HOUR_MS);

/** Steps with how often they come. Most are what people do; every few steps there is a run. */
const kinds: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Step>])[] = [
  [44, edit.map((each): Step => ({ do: "edit", ...each }))],
  [4, edits(6).map((all): Step => ({ do: "edits", edits: all }))],
  [2, fc.record({ do: fc.constantFrom("put-many", "take-many"), side, count: fc.integer({ min: 4, max: 60 }) })],
  [10, fc.record({ do: fc.constant("wait"), ms: wait })],
  [14, fc.record({ do: fc.constant("sync") })],
  [3, fc.record({ do: fc.constant("plan"), edits: edits(3), waitMs: fc.constantFrom(0, 0, MINUTE_MS, HOUR_MS) })],
  [
    5,
    fc.record({
      do: fc.constant("fault"),
      side,
      calls: fc.constantFrom<FaultyCalls>("any", "add", "remove", "list", "lookup", "probe", "get"),
      fault: fc.constantFrom<FaultKind>("outcome-unknown", "unavailable", "rate-limited", "malformed", "deferred"),
      moment: fc.constantFrom("after", "before"),
      skip: fc.constantFrom(0, 0, 1, 2, 5),
      times: fc.constantFrom(1, 1, 2, 1_000),
    }),
  ],
  [
    4,
    fc.record({
      do: fc.constant("mishap"),
      mishap: fc.oneof(
        fc.record({ what: fc.constant("dies"), at: fc.integer({ min: 1, max: 90 }) }),
        fc.record({
          what: fc.constant("write-fails"),
          at: fc.integer({ min: 1, max: 12 }),
          moment: fc.constantFrom("before", "after"),
        }),
        fc.record({ what: fc.constant("read-fails"), at: fc.integer({ min: 1, max: 20 }) }),
      ),
    }),
  ],
  [1, fc.record({ do: fc.constant("stall"), at: fc.integer({ min: 1, max: 90 }), edits: edits(3) })],
  [
    3,
    fc.record({
      do: fc.constant("lie"),
      side,
      lie: fc.constantFrom<Lie>("wrong-total", "wrong-total", "half", "empty", "failing-page", "looping", "doubled"),
      planned: fc.constantFrom(false, false, true),
    }),
  ],
  [1, fc.record({ do: fc.constant("duel"), waits: fc.nat(60) })],
  [2, fc.record({ do: fc.constant("meanwhile"), at: fc.integer({ min: 1, max: 12 }), edits: edits(2) })],
  [2, fc.record({ do: fc.constant("confirm") })],
  [1, fc.constant<Step>({ do: "restart" })],
  [1, fc.constant<Step>({ do: "calm" })],
  [
    1,
    fc.record({
      do: fc.constant("mode"),
      mode: fc.constantFrom<Mode>("bidirectional", "sync-from", "sync-to"),
      propagation: fc.constantFrom("additive", "mirror"),
    }),
  ],
  [1, fc.record({ do: fc.constant("habits"), side, habits })],
  [
    1,
    fc.record({
      do: fc.constant("withdraw"),
      side,
      what,
      how: fc.constantFrom<Withdrawal>("vanished", "unreadable", "unplayable"),
    }),
  ],
  [1, fc.record({ do: fc.constant("return"), side, what })],
  [1, fc.record({ do: fc.constant("container"), side, is: fc.constantFrom("gone", "forbidden") })],
  [1, fc.record({ do: fc.constant("lose"), side, what, moment: fc.constantFrom("before", "after") })],
];

const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const membershipHistories: fc.Arbitrary<MembershipHistory> = fc.record({
  mode: fc.constantFrom<Mode>("bidirectional", "bidirectional", "bidirectional", "sync-from", "sync-to"),
  propagation: fc.constantFrom("additive", "mirror"),
  large: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 9),
  shared: fc.nat(12),
  single: fc.nat(3),
  habits: fc.tuple(habits, habits),
  refusals: fc.array(
    fc.record({ side, kind: fc.constantFrom("add", "remove"), song: fc.integer({ min: 6, max: 9 }) }),
    { maxLength: 1 },
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 80, size: "max" }),
});
