import { RunError } from "../errors/index.ts";
import type { Clock, Guard, StorageAdapter } from "../ports/index.ts";

const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
/** Writing stops this long before a lease that could not be renewed ends. */
const MARGIN_MS = 5_000;

export interface LeaseDeps {
  readonly storage: StorageAdapter;
  readonly clock: Clock;
  /** Names this process' run; unique. */
  readonly ownerId: string;
}

/**
 * The right to write for a pair, until it ends or another owner takes over. Every write of a run carries
 * {@link Lease.guard}, so that a run that was overtaken (paused, killed and revived) writes nothing more.
 */
export interface Lease {
  readonly fencing: number;
  /** Holds in the database only while the lease is ours. */
  readonly guard: Guard;
  /** @throws {RunError} `run.lease-lost` when it is not surely ours any more */
  assertHeld(): void;
  /** Lets others take over at once. Never rejects: a lease that cannot be given back ends by itself. */
  release(): Promise<void>;
}

/** @returns `undefined` if another owner holds it */
export async function acquireLease(deps: LeaseDeps, tenantId: string, pairId: string): Promise<Lease | undefined> {
  const { storage, clock, ownerId } = deps;
  const name = `pair:${pairId}`;
  const now = clock.now();
  const [row] = await storage.select({ table: "leases", where: { name } });
  if (row && row.expires_at > now) return undefined;
  const fencing = (row?.fencing ?? 0) + 1;
  const result = row
    ? await storage.write({
        guards: [{ table: "leases", where: { name, fencing: row.fencing, expires_at: { lte: now } }, must: "exist" }],
        statements: [
          {
            update: "leases",
            set: { owner_id: ownerId, fencing, expires_at: now + LEASE_MS, updated_at: now },
            where: { name },
          },
        ],
      })
    : await storage.write({
        guards: [{ table: "leases", where: { name }, must: "not-exist" }],
        statements: [
          {
            insert: "leases",
            rows: [
              {
                name,
                tenant_id: tenantId,
                owner_id: ownerId,
                fencing,
                expires_at: now + LEASE_MS,
                created_at: now,
                updated_at: now,
              },
            ],
          },
        ],
      });
  return result.applied ? holdLease(deps, pairId, name, fencing, now + LEASE_MS) : undefined;
}

function holdLease(deps: LeaseDeps, pairId: string, name: string, fencing: number, firstExpiryMs: number): Lease {
  const { storage, clock, ownerId } = deps;
  const guard: Guard = { table: "leases", where: { name, owner_id: ownerId, fencing }, must: "exist" };
  const stop = new AbortController();
  let expiresAtMs = firstExpiryMs;
  let lost = false;

  const renew = async () => {
    const now = clock.now();
    const result = await storage.write({
      guards: [guard],
      statements: [
        { update: "leases", set: { expires_at: now + LEASE_MS, updated_at: now }, where: { name, fencing } },
      ],
    });
    if (result.applied) expiresAtMs = now + LEASE_MS;
    else lost = true;
  };
  const heartbeat = (async () => {
    while (!lost) {
      await clock.sleep(RENEW_EVERY_MS, stop.signal);
      // A storage that fails now may work in ten seconds; until then the deadline decides.
      await renew().catch(() => {});
    }
  })().catch(() => {});

  return {
    fencing,
    guard,
    assertHeld() {
      if (lost || clock.now() > expiresAtMs - MARGIN_MS) throw new RunError("run.lease-lost", { pairId });
    },
    async release() {
      stop.abort();
      await heartbeat;
      if (lost) return;
      const ended = { expires_at: 0, updated_at: clock.now() };
      await storage
        .write({ statements: [{ update: "leases", set: ended, where: { name, owner_id: ownerId, fencing } }] })
        .catch(() => {});
    },
  };
}
