/**
 * How long it takes to find the fewest changes between two ordered lists, and the calls that make them, beside the table of
 * lengths that everybody knows: `npx node --conditions=@syncer/source bench/ordered.ts`. One thread, in ms of the processor,
 * because others may use the machine too; the median of several rounds. The ratio is against the table in the same run.
 */
import { pathToFileURL } from "node:url";
import { diffOrdered, mergeOrdered, toCalls } from "../packages/core/src/ordered/index.ts";
import { seededRandom } from "../tools/eval-matching/seeded-random.ts";
import type { BenchRow } from "./bench-row.ts";

const ROUNDS = 9;
const ENTRIES = 10_000;
const TABLE_ENTRIES = 2_000;
const BAR_MS = 50;
const random = seededRandom(7);

type Lists = readonly [current: readonly string[], wanted: readonly string[]];

export default async function run(): Promise<BenchRow[]> {
  const moved = withMoves(ENTRIES);
  const small = withMoves(TABLE_ENTRIES);
  const table = medianMs(() => commonLength(...small));
  const shuffled = shuffle(moved[0]);
  const mixed = (tokens: number) => Array.from({ length: ENTRIES }, () => String(below(tokens)));
  const hostile: readonly (readonly [string, Lists])[] = [
    ["shuffled", [moved[0], shuffled]],
    ["reversed", [moved[0], moved[0].toReversed()]],
    ["two tokens, at random", [mixed(2), mixed(2)]],
    ["a hundred tokens, at random", [mixed(100), mixed(100)]],
    ["all the same, a few less", [moved[0].map(() => "x"), moved[0].slice(9).map(() => "x")]],
  ];
  return [
    row(`differ: 2 × ${ENTRIES}, 1 % moved`, () => diffOrdered(...moved), BAR_MS),
    ...hostile.map(([name, lists]) => row(`differ: 2 × ${ENTRIES}, ${name}`, () => diffOrdered(...lists))),
    row(`differ and calls: 2 × ${ENTRIES}, shuffled`, () => callsFor([moved[0], shuffled])),
    row(`two-way merge: 3 × ${ENTRIES}, 1 % moved on each side`, mergeOf(moved)),
    { ...row(`differ: 2 × ${TABLE_ENTRIES}, 1 % moved`, () => diffOrdered(...small)), ratio: ratioTo(table, small) },
    { name: `table of lengths: 2 × ${TABLE_ENTRIES}, 1 % moved (baseline)`, value: table, unit: "ms", ratio: 1 },
    writesForOneMove(),
  ];
}

function row(name: string, work: () => unknown, bar?: number): BenchRow {
  return { name, value: medianMs(work), unit: "ms", ...(bar === undefined ? {} : { bar, better: "lower" as const }) };
}

function ratioTo(tableMs: number, lists: Lists): number {
  return Math.round(tableMs / medianMs(() => diffOrdered(...lists)));
}

/** One track moved in a playlist of 5,000 is one write. */
function writesForOneMove(): BenchRow {
  const list = numbers(5_000);
  const wanted = list.toSpliced(100, 0, "track 4000").filter((token, at) => token !== "track 4000" || at === 100);
  const { calls } = callsFor([list, wanted]);
  return { name: "writes for one of 5,000 entries moved", value: calls.length, unit: "calls", bar: 1, better: "lower" };
}

function callsFor(lists: Lists) {
  const perCall = { insert: 100, remove: 100 };
  return toCalls(diffOrdered(...lists), { moves: "range", insert: "anywhere", remove: "token", perCall });
}

function mergeOf([base, a]: Lists): () => unknown {
  const [, b] = withMoves(base.length);
  return () => mergeOrdered({ base, a, b, winner: "a" });
}

/** A list, and the same with 1 % of its entries moved. */
function withMoves(length: number): Lists {
  const list = numbers(length);
  const wanted = [...list];
  for (let moves = 0; moves < length / 100; moves++)
    wanted.splice(below(length), 0, ...wanted.splice(below(length), 1));
  return [list, wanted];
}

function numbers(length: number): string[] {
  return Array.from({ length }, (_, i) => `track ${i}`);
}

function shuffle(list: readonly string[]): string[] {
  return list
    .map((token) => ({ token, by: random.next() }))
    .sort((left, right) => left.by - right.by)
    .map(({ token }) => token);
}

function below(limit: number): number {
  return random.between(0, limit - 1);
}

/** Length of the longest common subsequence by two rows of the table: it tells less than the differ, which tells the places. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  let row = new Int32Array(right.length + 1);
  let next = new Int32Array(right.length + 1);
  for (const token of left) {
    for (let i = 0; i < right.length; i++) {
      next[i + 1] = token === right[i] ? (row[i] ?? 0) + 1 : Math.max(row[i + 1] ?? 0, next[i] ?? 0);
    }
    [row, next] = [next, row];
  }
  return row.at(-1) ?? 0;
}

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(startedAt);
    return (user + system) / 1_000;
  }).sort((a, b) => a - b);
  return times[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
