import type { OrderedCapability } from "@syncer/core";
import fc from "fast-check";
import type { Mishap } from "../base/process.ts";
import type { Lie } from "./shelf.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Of the lags that services are drawn with. */
export const LONGEST_LAG_MS = 45_000;

/** What a provider asks a service for. */
export type CallKind =
  | "lists"
  | "get-list"
  | "create"
  | "update"
  | "delete"
  | "list"
  | "insert"
  | "remove"
  | "move"
  | "order"
  | "lookup"
  | "get";

/** What a person does to what is in a list. Numbers choose among what is possible. */
export type Edit =
  | { readonly kind: "add"; readonly song: number; readonly at: number }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "move"; readonly from: number; readonly to: number }
  | { readonly kind: "odd"; readonly what: "local" | "void"; readonly at: number };

/** What happens to a list as a whole. `share`, `follow`: somebody else's turns up. `withdraw`: its owner shares it no more. */
export type ListEdit = "create" | "twin" | "rename" | "publish" | "delete" | "share" | "follow" | "withdraw";

export type FaultKind = "unavailable" | "rate-limited" | "deferred" | "malformed" | "outcome-unknown";
export type FaultyCalls =
  | "any"
  | "lists"
  | "containers"
  | "list"
  | "insert"
  | "remove"
  | "arrange"
  | "contents"
  | "catalogue";

/** `nameless`: listed without an id. `vanished`: not listed at all. */
export type Withdrawal = "vanished" | "nameless" | "unreadable" | "unplayable";

/** What a person does at a moment: to what is in one list. */
export interface Editing {
  readonly side: number;
  readonly list: number;
  readonly edits: readonly Edit[];
}

/** One step of a history: plain data, so that a shorter history is still one. */
export type Step =
  | ({ readonly do: "edit" } & Editing)
  | {
      readonly do: "list";
      readonly what: ListEdit;
      readonly side: number;
      readonly list: number;
      readonly fill: number;
    }
  | { readonly do: "take-many" | "shuffle"; readonly side: number; readonly list: number; readonly count: number }
  | { readonly do: "take-lists"; readonly side: number; readonly count: number }
  /** One list is edited on both sides, and then there is a run. */
  | { readonly do: "contest"; readonly list: number; readonly edits: readonly [readonly Edit[], readonly Edit[]] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "sync" }
  | { readonly do: "plan"; readonly editing: readonly Editing[]; readonly waitMs: number }
  | { readonly do: "dry-run" }
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
  | { readonly do: "lie"; readonly side: number; readonly lie: Lie }
  | { readonly do: "meanwhile"; readonly at: number; readonly writes: boolean; readonly editing: Editing }
  | { readonly do: "confirm" }
  /** What the last run did is taken back. */
  | { readonly do: "undo" }
  | { readonly do: "restart" }
  /** Faults stop, and everything comes into step. */
  | { readonly do: "calm" }
  | { readonly do: "mode"; readonly mode: Mode; readonly propagation: Propagation }
  | { readonly do: "takedown"; readonly side: number; readonly what: number; readonly how: Withdrawal }
  | { readonly do: "bring-back"; readonly side: number; readonly what: number };

export type Mode = "bidirectional" | "sync-from" | "sync-to";
export type Propagation = "additive" | "mirror";
export type Policy = "skip" | "source-wins" | "target-wins";

/** What a service can do, and how it shows things. */
export interface ShelfHabits extends OrderedCapability {
  readonly copies: "kept" | "once";
  readonly maxItems?: number;
  readonly pageSize: number;
  readonly totals: "exact" | "inexact";
  readonly tellsVersion: boolean;
  /** Reads show what was there so long ago. */
  readonly lagMs: number;
  readonly versionLagMs: number;
  /** It shows every new list to everybody, until it is told otherwise. */
  readonly createsPublic: boolean;
  readonly identity: "none" | "marker";
}

export interface PlaylistsHistory {
  readonly mode: Mode;
  readonly propagation: Propagation;
  readonly policy: Policy;
  /** Long lists, so that a fifth of what is in them is more than a few. */
  readonly large: boolean;
  /** Lists that both sides have at first, and that single ones have; how much is in each. */
  readonly shared: readonly number[];
  readonly single: readonly (readonly [side: number, size: number])[];
  readonly habits: readonly [ShelfHabits, ShelfHabits];
  readonly steps: readonly Step[];
}

const side = fc.nat(1);
const list = fc.nat(20);
const what = fc.nat(200);
const at = fc.nat(60);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("add"), song: what, at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove"), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move"), from: at, to: at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("odd"), what: fc.constantFrom("local", "void"), at }) },
);
const editing = (maxLength: number): fc.Arbitrary<Editing> =>
  fc.record({ side, list, edits: fc.array(edit, { minLength: 1, maxLength }) });

const move: fc.Arbitrary<Edit> = fc.record({ kind: fc.constant("move"), from: at, to: at });
const edits = fc.array(fc.oneof(edit, move), { minLength: 1, maxLength: 2 });

const wait = fc.constantFrom(5 * SECOND_MS, 31 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, 5 * HOUR_MS, 25 * HOUR_MS);

/** Steps with how often they come. Most are what people do; every few steps there is a run. */
const kinds: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Step>])[] = [
  [36, editing(3).map((one): Step => ({ do: "edit", ...one }))],
  [
    7,
    fc.record({
      do: fc.constant("list"),
      what: fc.constantFrom<ListEdit>(
        "create",
        "create",
        "twin",
        "rename",
        "rename",
        "publish",
        "delete",
        "share",
        "follow",
        "withdraw",
      ),
      side,
      list,
      fill: fc.nat(7),
    }),
  ],
  [2, fc.record({ do: fc.constantFrom("take-many", "shuffle"), side, list, count: fc.integer({ min: 3, max: 40 }) })],
  [1, fc.record({ do: fc.constant("take-lists"), side, count: fc.integer({ min: 2, max: 8 }) })],
  [3, fc.record({ do: fc.constant("contest"), list, edits: fc.tuple(edits, edits) })],
  [10, fc.record({ do: fc.constant("wait"), ms: wait })],
  [18, fc.record({ do: fc.constant("sync") })],
  [
    3,
    fc.record({
      do: fc.constant("plan"),
      editing: fc.array(editing(2), { maxLength: 1 }),
      waitMs: fc.constantFrom(0, 0, MINUTE_MS, HOUR_MS),
    }),
  ],
  [1, fc.constant<Step>({ do: "dry-run" })],
  [
    9,
    fc.record({
      do: fc.constant("fault"),
      side,
      calls: fc.constantFrom<FaultyCalls>(
        "any",
        "lists",
        "containers",
        "list",
        "insert",
        "insert",
        "remove",
        "arrange",
        "contents",
        "contents",
        "catalogue",
      ),
      fault: fc.constantFrom<FaultKind>(
        "outcome-unknown",
        "outcome-unknown",
        "unavailable",
        "rate-limited",
        "malformed",
        "deferred",
      ),
      moment: fc.constantFrom("after", "before"),
      skip: fc.constantFrom(0, 0, 1, 2, 5),
      times: fc.constantFrom(1, 1, 2, 1_000),
    }),
  ],
  [
    5,
    fc.record({
      do: fc.constant("mishap"),
      mishap: fc.oneof(
        fc.record({ what: fc.constant("dies"), at: fc.integer({ min: 1, max: 200 }) }),
        fc.record({
          what: fc.constant("write-fails"),
          at: fc.integer({ min: 1, max: 16 }),
          moment: fc.constantFrom("before", "after"),
        }),
        fc.record({ what: fc.constant("read-fails"), at: fc.integer({ min: 1, max: 50 }) }),
      ),
    }),
  ],
  [
    3,
    fc.record({
      do: fc.constant("lie"),
      side,
      lie: fc.constantFrom<Lie>("short", "short", "empty", "failing-page", "no-lists", "short-lists"),
    }),
  ],
  [
    5,
    fc.record({
      do: fc.constant("meanwhile"),
      at: fc.integer({ min: 1, max: 14 }),
      writes: fc.boolean(),
      editing: editing(2),
    }),
  ],
  [3, fc.record({ do: fc.constant("confirm") })],
  [1, fc.constant<Step>({ do: "undo" })],
  [1, fc.constant<Step>({ do: "restart" })],
  [2, fc.constant<Step>({ do: "calm" })],
  [
    1,
    fc.record({
      do: fc.constant("mode"),
      mode: fc.constantFrom<Mode>("bidirectional", "sync-from", "sync-to"),
      propagation: fc.constantFrom("additive", "mirror"),
    }),
  ],
  [
    2,
    fc.record({
      do: fc.constant("takedown"),
      side,
      what,
      how: fc.constantFrom<Withdrawal>("vanished", "nameless", "unreadable", "unplayable"),
    }),
  ],
  [2, fc.record({ do: fc.constant("bring-back"), side, what })],
];

const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));

type Form = Pick<ShelfHabits, "moves" | "insert" | "remove" | "copies">;

/**
 * As the public services are, and as the contract allows besides. KNOWN LIMIT, and so not drawn: where a service moves nothing
 * (`moves: "none"`), its order counts as its user's in the run after one that could not follow the other side.
 */
const forms: readonly Form[] = [
  { moves: "range", insert: "anywhere", remove: "token", copies: "kept" },
  { moves: "whole-order", insert: "end", remove: "token", copies: "once" },
  { moves: "range", insert: "anywhere", remove: "entry", copies: "kept" },
  { moves: "range", insert: "end", remove: "entry", copies: "kept" },
  { moves: "range", insert: "end", remove: "token", copies: "once" },
  { moves: "whole-order", insert: "anywhere", remove: "entry", copies: "kept" },
  { moves: "whole-order", insert: "end", remove: "token", copies: "kept" },
];

const habits: fc.Arbitrary<ShelfHabits> = fc
  .record({
    form: fc.constantFrom(...forms.slice(0, 3), ...forms.slice(0, 3), ...forms),
    perCall: fc.constantFrom({ insert: 100, remove: 100 }, { insert: 1, remove: 1 }, { insert: 2, remove: 3 }),
    maxItems: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 9),
    pageSize: fc.constantFrom(50, 1, 3, 7),
    totals: fc.constantFrom<"exact" | "inexact">("exact", "exact", "inexact"),
    tellsVersion: fc.constantFrom(true, true, false),
    lagMs: fc.constantFrom(0, 0, 0, 20_000, LONGEST_LAG_MS),
    versionLagMs: fc.constantFrom(0, 0, 10_000),
    createsPublic: fc.boolean(),
    identity: fc.constantFrom<"none" | "marker">("none", "none", "marker"),
  })
  .map(({ form, maxItems, ...rest }) => ({ ...form, ...rest, ...(maxItems === undefined ? {} : { maxItems }) }));

export const playlistsHistories: fc.Arbitrary<PlaylistsHistory> = fc.record({
  mode: fc.constantFrom<Mode>(
    "bidirectional",
    "bidirectional",
    "bidirectional",
    "bidirectional",
    "sync-from",
    "sync-to",
  ),
  propagation: fc.constantFrom("additive", "mirror"),
  policy: fc.constantFrom("skip", "skip", "source-wins", "target-wins"),
  large: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 9),
  shared: fc.array(fc.nat(8), { maxLength: 2 }),
  single: fc.array(fc.tuple(side, fc.nat(8)), { minLength: 1, maxLength: 3 }),
  habits: fc.tuple(habits, habits),
  steps: fc.array(step, { minLength: 1, maxLength: 80, size: "max" }),
});
