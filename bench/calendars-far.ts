/**
 * As `calendars`, with 10,000 events on a server whose answers take 50 ms, which keeps vdirsyncer busy for ten minutes:
 * `npx node --conditions=@syncer/source bench/calendars-far.ts`.
 */
import { pathToFileURL } from "node:url";
import type { BenchRow } from "./bench-row.ts";
import { calendarRows, OWN_SERVER } from "./support/calendar-rows.ts";
import { standInServer } from "./support/stand-in-server.ts";

export default function run(): Promise<BenchRow[]> {
  return calendarRows(() => standInServer(50), { count: 10_000, rateLimit: OWN_SERVER, firstBar: 5 });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
