import type { StorageAdapter } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { isRescoped, matchesOtherwise } from "../requests/pairs.ts";
import { noTypedSettings } from "../requests/typed-settings.ts";
import type { PairRow } from "../runs/run-context.ts";

/** Two containers that are linked, or are to be once the plan is carried out. Ids are the services' own. */
export interface ContainerLink {
  readonly key: string;
  readonly generation: number;
  readonly aId?: string;
  readonly bId?: string;
}

/** The stored pairs of what containers of this pair hold, by the name of the containers' link. */
export async function readContainerPairs(
  storage: StorageAdapter,
  parent: PairRow,
): Promise<ReadonlyMap<string, PairRow>> {
  const rows = await storage.select({ table: "sync_pairs", where: { parent_id: parent.id } });
  return new Map(rows.map((row) => [row.container, row]));
}

/** A link that was dropped and made again is of other containers. */
export function containerName({ key, generation }: Pick<ContainerLink, "key" | "generation">): string {
  return `${generation} ${key}`;
}

/**
 * The pair of what two containers hold: a row like any other, with settings of its parent, so that links, journal and
 * cursors of what is in them are its own.
 */
export async function containerPair(
  { hashes, clock }: EngineParts,
  parent: PairRow,
  link: ContainerLink,
  stored: PairRow | undefined,
): Promise<PairRow> {
  const { mode, propagation, prune, conflict_policy, match_threshold, match_policies, selection_hash } = parent;
  const settings = { mode, propagation, prune, conflict_policy, match_threshold, match_policies, selection_hash };
  const now = clock.now();
  if (stored) {
    const rescoped = isRescoped(stored, settings);
    const isSame = !rescoped && stored.conflict_policy === conflict_policy && !matchesOtherwise(stored, settings);
    if (isSame) return stored;
    const delete_free = stored.delete_free || rescoped;
    return { ...stored, ...settings, delete_free, version: stored.version + 1, updated_at: now };
  }
  const hasher = await hashes.forTenant(parent.tenant_id);
  const container = containerName(link);
  return {
    ...parent,
    // Which of the selections it was last looked at under is all that it has to know of what was typed.
    ...noTypedSettings,
    selection_hash,
    id: `pair_${hasher.hash("pair", JSON.stringify([parent.id, container])).replace(".", "_")}`,
    parent_id: parent.id,
    container,
    state: "active",
    state_reason: null,
    not_before: null,
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
