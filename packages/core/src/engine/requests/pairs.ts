import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { inRanges, PAIRS_AT_ONCE } from "../runs/in-ranges.ts";
import type { PairRow } from "../runs/run-context.ts";
import { historyOf, historySettings } from "./history-options.ts";
import { matchSettings, policiesOf } from "./match-options.ts";
import { containerKeys, openContainers, type PairContainers, sealContainers } from "./pair-containers.ts";
import {
  parseOptions,
  parseOwner,
  parseWith,
  pruneWithoutMirror,
  type ResolvedPair,
  resolveRequest,
  type ServicePair,
  type SyncOptions,
  syncDefaults,
} from "./request.ts";
import { openTypedSettings, shownPrefix, typedSettings } from "./typed-settings.ts";

export interface PairOwner {
  /** Default `"default"`. */
  readonly tenantId?: string;
  readonly userId: string;
}

export interface PairRef extends PairOwner {
  readonly pairId: string;
}

/** A stored pair: its two sides, how it is synced, and how it stands. */
export interface PairInfo {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly sourceConnectionId: string;
  readonly targetConnectionId: string;
  /** By side, the containers (calendars) whose documents are synced; content, as it may hold an address. */
  readonly containers?: PairContainers;
  readonly type: SyncType;
  readonly mode: PairRow["mode"];
  readonly options: Required<Omit<SyncOptions, "dryRun">>;
  readonly state: "active" | "paused";
  /** A code of the reason catalogue; absent while active. */
  readonly stateReason?: string;
  /** Not run before this time: a service asked for quiet. */
  readonly notBeforeMs?: number;
  /** A plan waits for a person; `engine.confirm` takes its hash. */
  readonly heldPlanHash?: string;
  readonly lastRunAtMs?: number;
  readonly lastSuccessAtMs?: number;
}

export interface CreatePairRequest<TService extends string = string> extends PairOwner {
  readonly pair: ServicePair<TService>;
  readonly type: SyncType;
  readonly options?: Omit<SyncOptions, "dryRun">;
}

const pairIdSchema = z.object({ pairId: z.string().min(1).max(200) });
const changeSchema = z.object({ mode: z.unknown().optional(), options: z.unknown().optional() });

/** Stored pairs [ENG-14]. */
export class Pairs<TService extends string = string> {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Remembers a pair without syncing it. The same two sides again change the pair that is there. */
  async create(request: CreatePairRequest<TService>): Promise<PairInfo> {
    const { tenantId, userId } = parseOwner(request);
    const { pair, type, options = {} } = request;
    const [resolved] = await resolveRequest(this.#parts, { tenantId, userId, type, pairs: [pair], options });
    if (!resolved) throw new InvalidRequestError("request.no-pair", {});
    return await pairInfo(this.#parts, await storePair(this.#parts, await draftPair(this.#parts, resolved)));
  }

  async list(owner: PairOwner): Promise<PairInfo[]> {
    const { tenantId, userId } = parseOwner(owner);
    const rows = await this.#parts.storage.select({
      table: "sync_pairs",
      where: { tenant_id: tenantId, user_id: userId, container: "" },
      orderBy: ["created_at", "id"],
    });
    return await Promise.all(rows.map((row) => pairInfo(this.#parts, row)));
  }

  /** @throws {InvalidRequestError} `pair.unknown`, also for another user's pair */
  async get(ref: PairRef): Promise<PairInfo> {
    return await pairInfo(this.#parts, await readPair(this.#parts, ref));
  }

  /** Runs of a paused pair are refused until it is resumed. */
  async pause(ref: PairRef): Promise<void> {
    await this.#set(ref, () => ({ state: "paused", state_reason: "pair.paused-by-host" }));
  }

  async resume(ref: PairRef): Promise<void> {
    await this.#set(ref, () => ({ state: "active", state_reason: null, not_before: null }));
  }

  /**
   * Changes mode or options; links are kept. Where mode, propagation or selection changed, the next run makes no deletes
   * unless its plan is confirmed, because what is missing under the new rules may never have been meant to be there.
   */
  async rescope(
    ref: PairRef,
    change: { readonly mode?: ServicePair["mode"]; readonly options?: Omit<SyncOptions, "dryRun"> },
  ): Promise<PairInfo> {
    const { mode, options: changed } = parseWith(changeSchema, change, "change");
    const options = parseOptions(changed);
    const row = await readPair(this.#parts, ref);
    const { source, target } = await openContainers(this.#parts, row);
    const [resolved] = await resolveRequest(this.#parts, {
      tenantId: row.tenant_id,
      userId: row.user_id,
      type: row.sync_type as SyncType,
      pairs: [
        {
          source: { connectionId: row.source_connection_id, ...(source === undefined ? {} : { container: source }) },
          target: { connectionId: row.target_connection_id, ...(target === undefined ? {} : { container: target }) },
          mode: (mode ?? row.mode) as ServicePair["mode"],
        },
      ],
      options,
    });
    if (!resolved) throw new InvalidRequestError("request.no-pair", {});
    return await pairInfo(this.#parts, await storePair(this.#parts, await draftPair(this.#parts, resolved)));
  }

  /** Erases the pair with everything known of it: links, journal, runs. Nothing happens at the services. */
  async forget(ref: PairRef): Promise<void> {
    const { id } = await readPair(this.#parts, ref);
    await this.#parts.storage.write({
      statements: [
        { delete: "sync_pairs", where: { parent_id: id } },
        { delete: "sync_pairs", where: { id } },
      ],
    });
  }

  /** Lets exactly the held plan of this hash go ahead at the next run. */
  async confirm(ref: PairRef & { readonly planHash: string }): Promise<void> {
    const row = await readPair(this.#parts, ref);
    if (row.held_plan_hash === null || row.held_plan_hash !== ref.planHash) {
      throw new InvalidRequestError("plan.stale", { pairId: row.id });
    }
    await this.#set(ref, () => ({ confirmed_plan_hash: ref.planHash }));
  }

  async #set(ref: PairRef, change: (row: PairRow) => Partial<Row<"sync_pairs">>): Promise<void> {
    const row = await readPair(this.#parts, ref);
    const set = { ...change(row), updated_at: this.#parts.clock.now() };
    await this.#parts.storage.write({ statements: [{ update: "sync_pairs", set, where: { id: row.id } }] });
  }
}

/** @throws {InvalidRequestError} `pair.unknown` */
export async function readPair({ storage }: EngineParts, ref: PairRef): Promise<PairRow> {
  const { tenantId, userId } = parseOwner(ref);
  const { pairId } = parseWith(pairIdSchema, ref, "request");
  const [row] = await storage.select({
    table: "sync_pairs",
    where: { id: pairId, tenant_id: tenantId, user_id: userId },
  });
  if (!row) throw new InvalidRequestError("pair.unknown", { pairId: pairId.slice(0, 80) });
  return row;
}

/**
 * The row that a request stands for, stored or not: a dry run plans on it without writing anything. Its id follows
 * from its sides, so that planning before storing and after it speaks of the same pair.
 */
export async function draftPair(parts: EngineParts, request: ResolvedPair): Promise<PairRow> {
  const { tenantId, userId, source, target, type, mode, options } = request;
  const hasher = await parts.hashes.forTenant(tenantId);
  const keys = await containerKeys(parts, tenantId, { source, target });
  const sides = { source_connection_id: source.connectionId, target_connection_id: target.connectionId, ...keys };
  const [stored] = await parts.storage.select({
    table: "sync_pairs",
    where: { tenant_id: tenantId, user_id: userId, sync_type: type, ...sides, container: "" },
  });
  const [reversed] = await parts.storage.select({
    table: "sync_pairs",
    columns: ["id"],
    where: {
      tenant_id: tenantId,
      user_id: userId,
      sync_type: type,
      source_connection_id: target.connectionId,
      source_container: keys.target_container,
      target_connection_id: source.connectionId,
      target_container: keys.source_container,
      container: "",
    },
  });
  if (reversed) throw new InvalidRequestError("request.pair-exists", { pairId: reversed.id });
  const now = parts.clock.now();
  const propagation = options.propagation ?? stored?.propagation ?? syncDefaults.propagation;
  const isMirror = propagation === "mirror";
  if (options.prune && !isMirror) throw pruneWithoutMirror();
  const places =
    keys.source_container + keys.target_container === "" ? [] : [keys.source_container, keys.target_container];
  const name = [userId, type, source.connectionId, target.connectionId, ...places];
  const id = stored?.id ?? `pair_${hasher.hash("pair", JSON.stringify(name)).replace(".", "_")}`;
  const settings = {
    mode,
    propagation,
    prune: mode !== "bidirectional" && (options.prune ?? (isMirror && (stored?.prune ?? syncDefaults.prune))),
    conflict_policy: options.conflictPolicy ?? stored?.conflict_policy ?? syncDefaults.conflictPolicy,
    ...matchSettings(parts, stored, options),
    ...(await typedSettings(parts, { id, tenant_id: tenantId }, stored, options)),
    ...(await historySettings(parts, { id, tenant_id: tenantId }, stored, options.history)),
  };
  if (stored) {
    const rescoped = isRescoped(stored, settings);
    const changed =
      rescoped ||
      stored.conflict_policy !== settings.conflict_policy ||
      stored.prefix_hash !== settings.prefix_hash ||
      stored.history_name_sealed !== settings.history_name_sealed ||
      stored.history_length !== settings.history_length ||
      matchesOtherwise(stored, settings);
    if (!changed) return stored;
    return {
      ...stored,
      ...settings,
      delete_free: stored.delete_free || rescoped,
      version: stored.version + 1,
      updated_at: now,
    };
  }
  return {
    id,
    tenant_id: tenantId,
    user_id: userId,
    ...sides,
    containers_sealed: await sealContainers(parts, { id, tenant_id: tenantId }, containersOf({ source, target })),
    sync_type: type,
    parent_id: null,
    container: "",
    ...settings,
    state: "active",
    state_reason: null,
    not_before: null,
    delete_free: false,
    held_plan_hash: null,
    confirmed_plan_hash: null,
    pruned_once: false,
    last_run_at: null,
    last_success_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  };
}

function containersOf({ source, target }: Pick<ResolvedPair, "source" | "target">): PairContainers {
  return {
    ...(source.container === undefined ? {} : { source: source.container }),
    ...(target.container === undefined ? {} : { target: target.container }),
  };
}

type ScopeSettings = Pick<PairRow, "mode" | "propagation" | "prune" | "selection_hash">;

/** Whether what is missing may never have been meant to be there, by what was said of the pair before. */
export function isRescoped(before: ScopeSettings, after: ScopeSettings): boolean {
  return (
    before.mode !== after.mode ||
    before.propagation !== after.propagation ||
    before.prune !== after.prune ||
    before.selection_hash !== after.selection_hash
  );
}

type MatchSettings = Pick<PairRow, "match_threshold" | "match_policies">;

export function matchesOtherwise(before: MatchSettings, after: MatchSettings): boolean {
  return before.match_threshold !== after.match_threshold || before.match_policies !== after.match_policies;
}

/** What was not found, or not sure enough, may be by other rules; also of what is in containers. */
async function lookAgain({ storage }: EngineParts, { id }: PairRow): Promise<Statement[]> {
  const children = await storage.select({ table: "sync_pairs", columns: ["id"], where: { parent_id: id } });
  const state = { in: ["unmatched", "uncertain"] } as const;
  return inRanges([id, ...children.map((child) => child.id)], PAIRS_AT_ONCE).map((ids) => ({
    update: "links",
    set: { retry_at: 0 },
    where: { pair_id: { in: ids }, state, retry_at: { not: null } },
  }));
}

/** Stores a draft if it says anything new. A cursor of the other direction proves nothing and goes. */
export async function storePair(parts: EngineParts, draft: PairRow): Promise<PairRow> {
  const { storage } = parts;
  const [stored] = await storage.select({ table: "sync_pairs", where: { id: draft.id } });
  if (stored?.version === draft.version) return stored;
  const statements: Statement[] = [
    { insert: "sync_pairs", rows: [draft], onConflict: "replace" },
    { delete: "sync_cursors", where: { pair_id: draft.id } },
    ...(stored && matchesOtherwise(stored, draft) ? await lookAgain(parts, draft) : []),
    // What is in containers rests on the same rules; those that are left out now come back to theirs some day.
    ...(stored && isRescoped(stored, draft)
      ? [{ update: "sync_pairs", set: { delete_free: true }, where: { parent_id: draft.id } } as const]
      : []),
  ];
  const result = await storage.write({
    guards: [
      {
        table: "sync_pairs",
        where: { id: draft.id, ...(stored ? { version: stored.version } : {}) },
        must: stored ? "exist" : "not-exist",
      },
    ],
    statements,
  });
  if (result.applied) return draft;
  const [winner] = await storage.select({ table: "sync_pairs", where: { id: draft.id } });
  return winner ?? draft;
}

async function pairInfo(parts: EngineParts, row: PairRow): Promise<PairInfo> {
  const typed = await openTypedSettings(parts, row);
  const history = await historyOf(parts, row);
  const containers = await openContainers(parts, row);
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    sourceConnectionId: row.source_connection_id,
    targetConnectionId: row.target_connection_id,
    ...(row.containers_sealed === null ? {} : { containers }),
    type: row.sync_type as SyncType,
    mode: row.mode,
    options: {
      conflictPolicy: row.conflict_policy,
      matchThreshold: row.match_threshold,
      match: policiesOf(row),
      propagation: row.propagation,
      prune: row.prune,
      select: typed.select,
      prefix: shownPrefix(typed),
      rules: typed.rules,
      history,
    },
    state: row.state,
    ...(row.state_reason === null ? {} : { stateReason: row.state_reason }),
    ...(row.not_before === null ? {} : { notBeforeMs: row.not_before }),
    ...(row.held_plan_hash === null ? {} : { heldPlanHash: row.held_plan_hash }),
    ...(row.last_run_at === null ? {} : { lastRunAtMs: row.last_run_at }),
    ...(row.last_success_at === null ? {} : { lastSuccessAtMs: row.last_success_at }),
  };
}
