import type { LibraryHabits } from "@syncer/testkit";
import fc from "fast-check";
import type { Mishap } from "../base/process.ts";
import { SERVICES } from "./songs.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What a person does. `what` chooses among what is possible. */
export interface Edit {
  readonly kind: "put" | "take";
  readonly side: number;
  readonly what: number;
}

export type FaultKind = "unavailable" | "rate-limited" | "deferred" | "malformed" | "outcome-unknown";
export type FaultyCalls = "list" | "probe" | "lookup" | "get" | "add" | "remove" | "any";

/** One step of a history: plain data, so that a shorter history is still one. */
export type Step =
  | ({ readonly do: "edit" } & Edit)
  | { readonly do: "edits"; readonly edits: readonly Edit[] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" }
  /** Faults stop, and everything comes into step. */
  | { readonly do: "calm" }
  | { readonly do: "sync"; readonly pair: number }
  | {
      readonly do: "fault";
      readonly pair: number;
      readonly side: number;
      readonly calls: FaultyCalls;
      readonly fault: FaultKind;
      readonly moment: "before" | "after";
      readonly skip: number;
      readonly times: number;
    }
  | { readonly do: "mishap"; readonly pair: number; readonly mishap: Exclude<Mishap, { what: "stalls" }> }
  /** A process stops in the middle; others run another pair, or the same; then it goes on. */
  | { readonly do: "stall"; readonly pair: number; readonly rival: number; readonly at: number }
  /** Two runs at the same time: of two processes, or of one. */
  | { readonly do: "duel"; readonly pair: number; readonly rival: number; readonly waits: number }
  | { readonly do: "together"; readonly pair: number; readonly rival: number; readonly waits: number }
  | { readonly do: "meanwhile"; readonly pair: number; readonly at: number; readonly edits: readonly Edit[] }
  | { readonly do: "confirm"; readonly pair: number };

export type RunStep = Extract<Step, { readonly pair: number }>;

export type Habits = Pick<
  LibraryHabits,
  "pageSize" | "totals" | "order" | "paging" | "batchSize" | "probe" | "addedAt" | "repeatedAdd" | "lag"
>;

export interface OneWay {
  readonly pair: number;
  readonly mode: "sync-from" | "sync-to";
  readonly propagation: "additive" | "mirror";
}

export interface ChainHistory {
  /** A–B and B–C, or C–A too. */
  readonly shape: "chain" | "ring";
  /** Everything is brought into step before the first step. */
  readonly inStep: boolean;
  /** In a chain, all pairs are two-way but for this one: a ring that turns in one direction at one place has no end. */
  readonly oneWay: OneWay | null;
  /** In which order pairs are run when everything is to come into step. */
  readonly order: readonly number[];
  /** Many songs, so that a fifth of them is more than a few. */
  readonly large: boolean;
  /** What is there at first: at every service, and at single ones. */
  readonly shared: number;
  readonly single: number;
  readonly habits: readonly Habits[];
  /** Songs that a service refuses to add or to remove. */
  readonly refusals: readonly { readonly side: number; readonly kind: "add" | "remove"; readonly song: number }[];
  readonly steps: readonly Step[];
}

const side = fc.nat(SERVICES - 1);
const what = fc.nat(200);
const pair = fc.nat(SERVICES - 1);

const edit: fc.Arbitrary<Edit> = fc.record({ kind: fc.constantFrom("put", "take"), side, what });
const edits = (maxLength: number) => fc.array(edit, { maxLength });

const habits: fc.Arbitrary<Habits> = fc.record({
  pageSize: fc.constantFrom(50, 1, 2, 7),
  totals: fc.constantFrom("exact", "inexact", "absent"),
  order: fc.constantFrom("newest-first", "oldest-first", "unsteady"),
  paging: fc.constant("snapshot"),
  batchSize: fc.constantFrom({ add: 50, remove: 50 }, { add: 1, remove: 1 }, { add: 2, remove: 5 }),
  probe: fc.constantFrom("none", "exact"),
  addedAt: fc.boolean(),
  repeatedAdd: fc.constantFrom("told", "told", "refused"),
  lag: fc.constantFrom<Habits["lag"]>(
    { listMs: 0 },
    { listMs: 0 },
    { listMs: 0 },
    { listMs: 0 },
    { listMs: 45_000 },
    { listMs: 20_000, manner: "flapping" },
  ),
});

/** Steps with how often they come. Most are what people do; every few steps there is a run. */
const kinds: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Step>])[] = [
  [40, edit.map((each): Step => ({ do: "edit", ...each }))],
  [4, edits(8).map((all): Step => ({ do: "edits", edits: all }))],
  [
    10,
    fc
      .constantFrom(5 * SECOND_MS, 31 * SECOND_MS, 10 * MINUTE_MS, 5 * HOUR_MS, 25 * HOUR_MS)
      .map((ms): Step => ({ do: "wait", ms })),
  ],
  [1, fc.constant<Step>({ do: "restart" })],
  [2, fc.constant<Step>({ do: "calm" })],
  [26, fc.record({ do: fc.constant("sync"), pair })],
  [
    4,
    fc.record({
      do: fc.constant("fault"),
      pair,
      side,
      calls: fc.constantFrom<FaultyCalls>("any", "add", "remove", "list", "lookup", "probe", "get"),
      fault: fc.constantFrom<FaultKind>("outcome-unknown", "unavailable", "rate-limited", "malformed", "deferred"),
      moment: fc.constantFrom("after", "before"),
      skip: fc.constantFrom(0, 0, 1, 2, 5),
      times: fc.constantFrom(1, 1, 2, 1_000),
    }),
  ],
  [
    5,
    fc.record({
      do: fc.constant("mishap"),
      pair,
      mishap: fc.oneof(
        { weight: 3, arbitrary: fc.record({ what: fc.constant("dies"), at: fc.integer({ min: 1, max: 120 }) }) },
        fc.record({
          what: fc.constant("write-fails"),
          at: fc.integer({ min: 1, max: 14 }),
          moment: fc.constantFrom("before", "after"),
        }),
        fc.record({ what: fc.constant("read-fails"), at: fc.integer({ min: 1, max: 24 }) }),
      ),
    }),
  ],
  [1, fc.record({ do: fc.constant("stall"), pair, rival: pair, at: fc.integer({ min: 1, max: 120 }) })],
  [2, fc.record({ do: fc.constantFrom("duel", "together"), pair, rival: pair, waits: fc.nat(80) })],
  [3, fc.record({ do: fc.constant("meanwhile"), pair, at: fc.integer({ min: 1, max: 14 }), edits: edits(2) })],
  [2, fc.record({ do: fc.constant("confirm"), pair })],
];

const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Histories of three services in pairs. */
export const chainHistories: fc.Arbitrary<ChainHistory> = fc.record({
  shape: fc.constantFrom("chain", "ring"),
  inStep: fc.boolean(),
  oneWay: fc.option(
    fc.record({
      pair,
      mode: fc.constantFrom("sync-from", "sync-to"),
      propagation: fc.constantFrom("additive", "mirror"),
    }),
    { freq: 8 },
  ),
  order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
  large: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 9),
  shared: fc.nat(12),
  single: fc.nat(3),
  habits: fc.tuple(habits, habits, habits),
  refusals: fc.array(
    fc.record({ side, kind: fc.constantFrom("add", "remove"), song: fc.integer({ min: 6, max: 9 }) }),
    { maxLength: 1 },
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 60, size: "max" }),
});
