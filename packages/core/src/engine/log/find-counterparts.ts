import { mappingOf } from "../../contract/index.ts";
import type { Statement } from "../../ports/index.ts";
import { newestFirst, type Play } from "../../reconcile/index.ts";
import { pendingCounterparts } from "../membership/pending-counterparts.ts";
import { type Resolution, resolve, type Seeker } from "../membership/resolve.ts";
import { toUnmatched } from "../membership/unmatched.ts";
import type { MatchInfo } from "../plans/plan.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { LogWorld } from "./log-world.ts";
import { matchOf } from "./plays.ts";
import { logOf } from "./read-log.ts";

/** What stands on the other side for what was played. */
export interface Counterpart {
  readonly toId: string;
  readonly match?: MatchInfo;
}

export interface Counterparts {
  /** By the stored key of what was played. */
  readonly byItem: ReadonlyMap<string, Counterpart>;
  /** Stored keys of what was looked for and not found. */
  readonly missed: ReadonlySet<string>;
  readonly unmatched: readonly UnmatchedItem[];
  /** A service asked for quiet before all were looked for. */
  readonly deferredUntilMs?: number;
}

/**
 * Counterparts of what was played newly: known from an earlier play, else looked for, once for each item however often it was
 * played. What is not found is remembered by its latest play.
 */
export async function findCounterparts(
  context: RunContext,
  world: LogWorld,
  commit: ((statements: readonly Statement[]) => Promise<void>) | undefined,
): Promise<Counterparts> {
  const byItem = knownCounterparts(world);
  const seekers = seekersOf(context, world, byItem);
  const { stored, rules } = world;
  const { resolutions, deferred } = await resolve(context, {
    kind: logOf(context).kind,
    seekers,
    held: [],
    has: () => false,
    threshold: context.pair.match_threshold,
    rules: { overruled: rules.overruled, open: (keys) => rules.open("b", keys) },
    ...(commit
      ? { checkpoint: async (lot: readonly Resolution[]) => commit(await pendingCounterparts(context, lot, stored)) }
      : {}),
  });
  const nowMs = context.parts.clock.now();
  const missed = new Set<string>();
  const unmatched: UnmatchedItem[] = [];
  for (const resolution of resolutions) {
    const itemId = context.from.ids.key(resolution.seeker.itemId);
    if (resolution.found) byItem.set(itemId, { toId: resolution.toId, match: resolution.match });
    else {
      missed.add(itemId);
      unmatched.push(toUnmatched(context, resolution, stored, nowMs));
    }
  }
  return { byItem, missed, unmatched, ...(deferred ? { deferredUntilMs: deferred.untilMs } : {}) };
}

/** The latest play knows best. */
function knownCounterparts({ plays }: LogWorld): Map<string, Counterpart> {
  const known = new Map<string, Counterpart>();
  for (const { itemId, toId, link, isWrong } of plays.standing.toSorted(newestFirst)) {
    if (!isWrong && !known.has(itemId)) known.set(itemId, { toId, ...matchOf(link) });
  }
  return known;
}

function seekersOf(
  context: RunContext,
  { choice, reading }: LogWorld,
  known: ReadonlyMap<string, Counterpart>,
): readonly Seeker[] {
  const toItem = mappingOf(context.from.provider, logOf(context).kind);
  const latest = new Map<string, Play>();
  for (const play of choice.fresh) {
    if (!known.has(play.itemId) && !latest.has(play.itemId)) latest.set(play.itemId, play);
  }
  return [...latest.values()].flatMap(({ key }): Seeker[] => {
    const shown = reading.plays.get(key);
    if (!shown) return [];
    return [{ key, origin: "a", itemId: shown.id, item: toItem(shown.native), heldOnly: false }];
  });
}
