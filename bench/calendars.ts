/**
 * A calendar brought into an empty one, and looked at again, by us and by vdirsyncer, on the same server in the same run:
 * `npx node --conditions=@syncer/source bench/calendars.ts`. Takes about six minutes; 10,000 events far away have a benchmark of their own.
 */
import { pathToFileURL } from "node:url";
import type { BenchRow } from "./bench-row.ts";
import { calendarRows, OWN_SERVER } from "./support/calendar-rows.ts";
import { hasRadicale, radicaleServer } from "./support/radicale-server.ts";
import { standInServer } from "./support/stand-in-server.ts";

/** Not slower: it is Radicale that takes the time, and its times vary by a tenth. */
const ON_RADICALE = { count: 1_000, firstBar: 0.9 };

export default async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  if (hasRadicale()) rows.push(...(await calendarRows(radicaleServer, ON_RADICALE)));
  else console.error("\n*** RADICALE IS MISSING, and is left out of this benchmark: apt-get install radicale ***");
  rows.push(
    ...(await calendarRows(() => standInServer(0), { count: 1_000, rateLimit: OWN_SERVER })),
    ...(await calendarRows(() => standInServer(50), { count: 1_000 })),
    ...(await calendarRows(() => standInServer(50), { count: 1_000, rateLimit: OWN_SERVER, firstBar: 5 })),
    ...(await calendarRows(() => standInServer(0), { count: 10_000, rateLimit: OWN_SERVER })),
  );
  return rows;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
