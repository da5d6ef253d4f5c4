import { RunError } from "../../errors/index.ts";
import type { Clock, Guard, StorageAdapter } from "../../ports/index.ts";
import { HOLD_MS, keepRenewing } from "./keep-renewing.ts";
import type { Turns } from "./turns.ts";

export interface LeaseDeps {
  readonly storage: StorageAdapter;
  readonly clock: Clock;
  /** Names this process' run; unique. */
  readonly ownerId: string;
}

/**
 * The right to write for a pair, until it ends or another owner takes over. Every write of a run carries
 * {@link Lease.guards}, so that a run that was overtaken (paused, killed and revived) writes nothing more.
 */
export interface Lease {
  readonly fencing: number;
  /** Hold in the database only while the lease is ours. */
  readonly guards: readonly Guard[];
  /** @throws {RunError} `run.lease-lost` when it is not surely ours any more */
  assertHeld(): void;
  /** Lets others take over at once. Never rejects: a lease that cannot be given back ends by itself. */
  release(): Promise<void>;
}

/** Under which a pair's lease is kept. */
export function leaseName(pairId: string): string {
  return `pair:${pairId}`;
}

/**
 * The right to run a pair, together with the right to write each of its collections that other pairs may share. Those
 * are taken in the order of their names, so that no two runs wait for each other. Within a process runs on a shared
 * collection go on one after another; what another process holds makes the pair busy.
 * @param collections names of the collections that the run writes
 * @returns `undefined` if another owner runs the pair, or one of its collections
 */
export async function acquireRunLease(
  deps: LeaseDeps & { readonly turns: Turns },
  { tenantId, pairId, collections }: { tenantId: string; pairId: string; collections: readonly string[] },
): Promise<Lease | undefined> {
  const own = await acquireLease(deps, tenantId, pairId, leaseName(pairId));
  if (!own) return undefined;
  const held: Lease[] = [own];
  const turns: (() => void)[] = [];
  const release = async () => {
    for (const lease of held.toReversed()) await lease.release();
    for (const end of turns) end();
  };
  try {
    for (const name of collections.toSorted()) {
      turns.push(await deps.turns.take(name));
      const lease = await acquireLease(deps, tenantId, pairId, name);
      if (!lease) {
        await release();
        return undefined;
      }
      held.push(lease);
    }
  } catch (error) {
    // Kept, it would be renewed for as long as the process lives, by nobody who could give it back.
    await release();
    throw error;
  }
  return {
    fencing: own.fencing,
    guards: held.flatMap(({ guards }) => guards),
    assertHeld() {
      for (const lease of held) lease.assertHeld();
    },
    release,
  };
}

/** @returns `undefined` if another owner holds it */
async function acquireLease(
  deps: LeaseDeps,
  tenantId: string,
  pairId: string,
  name: string,
): Promise<Lease | undefined> {
  const { storage, clock, ownerId } = deps;
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
            set: { owner_id: ownerId, fencing, expires_at: now + HOLD_MS, updated_at: now },
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
                expires_at: now + HOLD_MS,
                created_at: now,
                updated_at: now,
              },
            ],
          },
        ],
      });
  if (result.applied) return holdLease(deps, pairId, name, fencing, now + HOLD_MS);
  // One that ended long ago may have been cleared away since it was read, and then nobody has it.
  const isGone = row && (await storage.count({ table: "leases", where: { name } })) === 0;
  return isGone ? await acquireLease(deps, tenantId, pairId, name) : undefined;
}

function holdLease(deps: LeaseDeps, pairId: string, name: string, fencing: number, untilMs: number): Lease {
  const { storage, clock, ownerId } = deps;
  const guard: Guard = { table: "leases", where: { name, owner_id: ownerId, fencing }, must: "exist" };
  const hold = keepRenewing(clock, untilMs, async (expires_at) => {
    const set = { expires_at, updated_at: clock.now() };
    const result = await storage.write({
      guards: [guard],
      statements: [{ update: "leases", set, where: { name, fencing } }],
    });
    return result.applied;
  });
  return {
    fencing,
    guards: [guard],
    assertHeld() {
      if (!hold.isHeld()) throw new RunError("run.lease-lost", { pairId });
    },
    async release() {
      await hold.end();
      const ended = { expires_at: 0, updated_at: clock.now() };
      // Names its owner and fencing number, so that of a lease that was lost nothing is taken.
      await storage
        .write({ statements: [{ update: "leases", set: ended, where: { name, owner_id: ownerId, fencing } }] })
        .catch(() => {});
    },
  };
}
