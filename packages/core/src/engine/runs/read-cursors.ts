import type { Row } from "../../ports/index.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Where the last readings of both sides ended. A plan may be for a pair that is not stored in this way yet: then what was
 * read for its former mode and options vouches for nothing.
 */
export async function readCursors({ parts, pair }: RunContext): Promise<readonly Row<"sync_cursors">[]> {
  const [[stored], cursors] = await Promise.all([
    parts.storage.select({ table: "sync_pairs", columns: ["version"], where: { id: pair.id } }),
    parts.storage.select({ table: "sync_cursors", where: { pair_id: pair.id } }),
  ]);
  return stored?.version === pair.version ? cursors : [];
}
