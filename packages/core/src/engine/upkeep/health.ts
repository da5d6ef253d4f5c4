import type { HealthStatus } from "../../contract/index.ts";
import { SyncerError } from "../../errors/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";

/** How a part is. Codes only: whoever may ask for it learns nothing of anybody. */
export interface PartHealth<TStatus extends string = HealthStatus["status"]> {
  readonly status: TStatus;
  /** A stable code, or the short one that a service's provider gave. */
  readonly errorCode?: string;
}

export interface EngineHealth {
  /** `unhealthy`: the database does not answer. `degraded`: a service does not work, or asked for quiet. */
  readonly status: HealthStatus["status"];
  readonly timestampMs: number;
  readonly database: PartHealth;
  /** By service. `unknown`: nobody has asked it, see `engine.checkHealth`. */
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

export interface ServiceHealth extends PartHealth<HealthStatus["status"] | "unknown"> {
  readonly checkedAtMs?: number;
}

/** How long the database may take to answer. */
export const HEALTH_TIMEOUT_MS = 2_000;
/** More budgets than are closed at once in any installation that could still be helped. */
const MOST_CLOSED = 500;
const CODE = /^[\w.-]{1,80}$/;

/** One cheap read of the database, and what is remembered of the services: asking for it asks no service. */
export async function engineHealth(parts: EngineParts, timeoutMs: number): Promise<EngineHealth> {
  const { clock, registry } = parts;
  const { database, closed } = await readClosed(parts, timeoutMs);
  const services = Object.fromEntries(
    registry.list().map(({ name, health }) => [name, serviceHealth(health, closed.get(name))]),
  );
  const isDegraded = Object.values(services).some(({ status }) => status === "unhealthy" || status === "degraded");
  const status = database.status === "unhealthy" ? "unhealthy" : isDegraded ? "degraded" : "healthy";
  return { status, timestampMs: clock.now(), database, services };
}

function serviceHealth(
  known: (HealthStatus & { readonly checkedAtMs: number }) | undefined,
  closedBecause: string | undefined,
): ServiceHealth {
  const checked = known ? { checkedAtMs: known.checkedAtMs } : {};
  const said = known?.reason !== undefined && CODE.test(known.reason) ? { errorCode: known.reason } : {};
  if (known?.status === "unhealthy") return { status: "unhealthy", ...said, ...checked };
  if (closedBecause !== undefined) return { status: "degraded", errorCode: closedBecause, ...checked };
  return { status: known?.status ?? "unknown", ...said, ...checked };
}

/** What one read of the database tells: whether it answers, and which services asked for quiet, with the reason. */
interface Looked {
  readonly database: PartHealth;
  readonly closed: ReadonlyMap<string, string>;
}

async function readClosed({ storage, clock }: EngineParts, timeoutMs: number): Promise<Looked> {
  const failed = (errorCode: string): Looked => ({ database: { status: "unhealthy", errorCode }, closed: new Map() });
  const read = async () =>
    await storage.select({
      table: "service_limits",
      columns: ["service", "reason"],
      where: { closed_until: { gt: clock.now() } },
      limit: MOST_CLOSED,
    });
  try {
    const rows = await within(clock, timeoutMs, read());
    if (rows === undefined) return failed("storage.timeout");
    return { database: { status: "healthy" }, closed: new Map(rows.map(({ service, reason }) => [service, reason])) };
  } catch (error) {
    return failed(SyncerError.is(error) ? error.code : "storage.failed");
  }
}

/** @returns `undefined`: it took longer */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    work.catch(() => {});
  }
}
