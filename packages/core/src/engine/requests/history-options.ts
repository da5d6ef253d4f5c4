import { z } from "zod";
import { sealContext } from "../../crypto/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairRow } from "../runs/run-context.ts";

/**
 * How listening history is kept where a service does not accept it: in a playlist that the pair makes. Absent fields keep what
 * the pair has.
 */
export interface HistoryOptions {
  /** What the playlist is called when it is made. It may be renamed afterwards. Default `Recently played on <service>`. */
  readonly name?: string;
  /** How many plays it holds, 1..10,000. Default 100. */
  readonly length?: number;
}

export const historyDefaults = { length: 100 } as const satisfies HistoryOptions;

export const historySchema = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  length: z.int().min(1).max(10_000).optional(),
});

type HistoryColumns = Pick<PairRow, "history_name_sealed" | "history_length">;
type Owner = Pick<PairRow, "id" | "tenant_id">;

/** The columns of a pair that say it, from what it has and what is asked for. A name is a person's text, and sealed. */
export async function historySettings(
  parts: Pick<EngineParts, "encryption">,
  owner: Owner,
  stored: HistoryColumns | undefined,
  { name, length }: HistoryOptions = {},
): Promise<HistoryColumns> {
  const history_length = length ?? stored?.history_length ?? null;
  const sealed = stored?.history_name_sealed ?? null;
  // Sealed anew, the same name is another text, and the pair would seem to have changed.
  if (name === undefined || (sealed !== null && (await openName(parts, owner, sealed)) === name)) {
    return { history_name_sealed: sealed, history_length };
  }
  const place = sealContext("sync_pairs", "history_name_sealed", owner);
  return { history_name_sealed: await parts.encryption.seal(name, place), history_length };
}

/** What a pair says of it. */
export async function historyOf(
  parts: Pick<EngineParts, "encryption">,
  pair: Owner & HistoryColumns,
): Promise<HistoryOptions & { readonly length: number }> {
  const length = pair.history_length ?? historyDefaults.length;
  const sealed = pair.history_name_sealed;
  return sealed === null ? { length } : { length, name: await openName(parts, pair, sealed) };
}

function openName({ encryption }: Pick<EngineParts, "encryption">, owner: Owner, sealed: string): Promise<string> {
  return encryption.open(sealed, sealContext("sync_pairs", "history_name_sealed", owner));
}
