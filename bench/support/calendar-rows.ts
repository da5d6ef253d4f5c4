import type { BenchRow } from "../bench-row.ts";
import type { CalendarServer } from "./calendar-server.ts";
import { bareNode, Comparison, type RateLimit } from "./compare-calendars.ts";
import { hasVdirsyncer } from "./vdirsyncer.ts";

export interface CalendarCase {
  readonly count: number;
  /** Absent: the provider's own. */
  readonly rateLimit?: RateLimit;
  /** How many times as fast as vdirsyncer's our first sync has to be. */
  readonly firstBar?: number;
}

/** What a host may allow for a server that it knows to bear it. As many at once as the engine writes. */
export const OWN_SERVER: RateLimit = { requests: 1_000, perMs: 1_000, concurrency: 8 };

const QUIET_BAR = 10;

/** Both clients on one server, one after the other; none without vdirsyncer. */
export async function calendarRows(
  start: () => Promise<CalendarServer>,
  { count, rateLimit, firstBar }: CalendarCase,
): Promise<BenchRow[]> {
  if (!hasVdirsyncer()) {
    console.error("\n*** VDIRSYNCER IS MISSING, and there is nothing to compare with: apt-get install vdirsyncer ***");
    return [];
  }
  const server = await start();
  const comparison = await Comparison.open(server, count);
  try {
    const bare = await bareNode();
    const theirs = await comparison.vdirsyncer();
    const ours = await comparison.ours(rateLimit);
    const budget = rateLimit ? `${rateLimit.concurrency} at a time` : "the provider's own budget";
    const seconds = (name: string, ms: number): BenchRow => ({ name, value: ms / 1_000, unit: "s", better: "lower" });
    const times = (name: string, base: number, ms: number, bar?: number): BenchRow => ({
      name,
      value: base / ms,
      unit: "times as fast",
      ...(bar === undefined ? {} : { bar }),
    });
    const peak = (name: string, of: "first" | "quiet"): BenchRow => ({
      name,
      value: Math.round(ours[of].peakMb),
      unit: "MB",
      better: "lower",
      ratio: ours[of].peakMb / theirs[of].peakMb,
      bar: Math.round(bare.peakMb + theirs[of].peakMb),
    });
    return [
      times(`${server.name}, ${count} events, ${budget}: first sync`, theirs.first.wallMs, ours.first.wallMs, firstBar),
      seconds("  ours", ours.first.wallMs),
      seconds("  vdirsyncer's", theirs.first.wallMs),
      peak("  our peak of memory, to be a bare Node's and vdirsyncer's", "first"),
      times("  second sync, a process each", theirs.second.wallMs, ours.second.wallMs),
      times("  quiet sync, a process each", theirs.quiet.wallMs, ours.quiet.wallMs),
      seconds("    ours", ours.quiet.wallMs),
      seconds("    vdirsyncer's", theirs.quiet.wallMs),
      times("  quiet sync in a host that runs, vdirsyncer as before", theirs.quiet.wallMs, ours.runningMs, QUIET_BAR),
      seconds("    ours", ours.runningMs),
      {
        name: "    our requests, the side with more",
        value: Math.max(...ours.quietRequests),
        unit: "requests",
        better: "lower",
        bar: 1,
      },
      peak("  our peak of memory in a quiet process", "quiet"),
    ];
  } finally {
    await comparison.close();
    await server.stop();
  }
}
