/**
 * What a first transfer and a quiet re-sync cost at the services, in requests and in their own time, on the stand-ins
 * with one virtual clock: `npx node --conditions=@syncer/source bench/transfer.ts`.
 */
import { pathToFileURL } from "node:url";
import type { PairReport, RequestCounts } from "@syncer/core";
import { connectedHost } from "../e2e/support/host.ts";
import type { BenchRow } from "./bench-row.ts";

const FAVOURITES = 1_000;
const LATENCY_MS = 200;
const PAGE = { spotify: 50, deezer: 100 };
const DEEZER_BATCH = 50;
/** The declared rates: 90 requests in 30 s, and 50 in 5 s. */
const PER_SECOND = { spotify: 3, deezer: 10 };
const COUNTED_APART = new Set(["token", "identity"]);

const total = (counts: RequestCounts) =>
  Object.entries(counts).reduce((sum, [purpose, count]) => (COUNTED_APART.has(purpose) ? sum : sum + count), 0);

export default async function run(): Promise<BenchRow[]> {
  const host = await connectedHost({ favourites: FAVOURITES, sandbox: { latencyMs: LATENCY_MS } });
  const startedAt = host.clock.now();
  const first = await host.sync();
  const clockMs = host.clock.now() - startedAt;
  const { source, target } = first.requests;
  // One lookup for each recording that has a code, one search for each that a lookup did not find, batches of writes.
  const missed = (target.lookup ?? 0) - foundBy(first, "lookup") + (FAVOURITES - (target.lookup ?? 0));
  const ideal =
    Math.ceil(FAVOURITES / PAGE.spotify) +
    1 +
    (target.lookup ?? 0) +
    missed +
    Math.ceil(first.counts.added / DEEZER_BATCH);
  const spent = total(source) + total(target);
  const idealMs = (total(source) / PER_SECOND.spotify + total(target) / PER_SECOND.deezer) * 1_000;

  const quietAt = host.clock.now();
  const quiet = await host.sync();
  const ratio = (value: number, base: number) => Math.round((value / base) * 1_000) / 1_000;
  return [
    {
      name: `requests of a first transfer of ${FAVOURITES}`,
      value: spent,
      unit: "requests",
      bar: Math.floor(1.05 * ideal),
      better: "lower",
      ratio: ratio(spent, ideal),
    },
    {
      name: "  its time, in clock time",
      value: Math.round(clockMs) / 1_000,
      unit: "s",
      bar: Math.round(1.1 * idealMs) / 1_000,
      better: "lower",
      ratio: ratio(clockMs, idealMs),
    },
    {
      name: "requests of a quiet re-sync, source",
      value: total(quiet.requests.source),
      unit: "requests",
      bar: 1,
      better: "lower",
    },
    {
      name: "requests of a quiet re-sync, target",
      value: total(quiet.requests.target),
      unit: "requests",
      bar: 1,
      better: "lower",
    },
    { name: "  its time, in clock time", value: (host.clock.now() - quietAt) / 1_000, unit: "s", better: "lower" },
  ];
}

function foundBy(report: PairReport, way: string): number {
  return report.items.filter(({ match }) => match?.by === way).length;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
