/**
 * A process of a fleet: sends what it is told to a service, through the shared governor on a database of all, and prints
 * a line for each request that has ended.
 */
import { createTransport, DeferredError, sharedGovernor, systemRandom } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sharedClock } from "../crash/support/shared-clock.ts";
import { getThing, type ServiceSetting, serviceOf } from "./support/counted-service.ts";

export interface ChildSetting extends ServiceSetting {
  /** A file of SQLite, or where PostgreSQL is. */
  readonly database: string;
  /** Named by their services; the requests of a party go out one after the other. */
  readonly parties: readonly { readonly service: string; readonly connectionId: string; readonly requests: number }[];
}

const setting: ChildSetting = JSON.parse(process.env.FLEET_SETTING ?? "{}");
const clock = sharedClock(setting);
const { database } = setting;
const storage = database.startsWith("postgres") ? postgres({ connectionString: database }) : sqlite(database);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const transport = createTransport({
  // The moment at which a request goes out, by the clock of all.
  fetch: (input, init) => {
    const request = new Request(input, init);
    request.headers.set("x-sent-at", String(clock.now()));
    return fetch(request);
  },
  clock,
  random: systemRandom,
  storage,
  governor: sharedGovernor({ storage, clock }),
});

async function send({ service, connectionId, requests }: ChildSetting["parties"][number]): Promise<void> {
  const provider = serviceOf(service, setting);
  const session = transport.session({ provider, tenantId: "tenant", connectionId });
  for (let left = requests; left > 0; left -= 1) {
    try {
      await session.http.request(getThing(service, setting));
      say({ service, connectionId, end: "done" });
    } catch (error) {
      if (!(error instanceof DeferredError)) throw error;
      say({ service, connectionId, end: "deferred" });
    }
  }
}

// What the first request of a process loads takes longer than a request may be late.
await send({ service: "warm", connectionId: `warm-${process.pid}`, requests: 1 });
say({ ready: true });
await new Promise((go) => process.stdin.once("data", go));
await Promise.all(setting.parties.map(send));
await new Promise((end) => process.stdout.write(`${JSON.stringify({ finished: true })}\n`, end));
process.exit(0);
