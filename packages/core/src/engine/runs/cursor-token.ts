import { sealContext } from "../../crypto/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";

type Parts = Pick<EngineParts, "encryption">;
type CursorOf = Pick<Row<"sync_cursors">, "pair_id" | "tenant_id" | "side">;

/** A service's token, of which nobody knows what it is made of, as it is stored. */
export async function sealToken({ encryption }: Parts, cursor: CursorOf, token: string): Promise<string> {
  return await encryption.seal(`${cursor.side} ${token}`, sealContext("sync_cursors", "token_sealed", cursor));
}

/** @returns `undefined`: there is none, or it is the other side's */
export async function openToken(
  { encryption }: Parts,
  cursor: CursorOf & Pick<Row<"sync_cursors">, "token_sealed">,
): Promise<string | undefined> {
  if (cursor.token_sealed === null) return undefined;
  const text = await encryption.open(cursor.token_sealed, sealContext("sync_cursors", "token_sealed", cursor));
  return text.startsWith(`${cursor.side} `) ? text.slice(cursor.side.length + 1) : undefined;
}
