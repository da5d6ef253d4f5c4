import { shownEntries } from "../exchange.ts";
import { type DeezerCall, wholeNumber } from "./call.ts";

const DEFAULT_LIMIT = 25;

/**
 * Deezer's list envelope. `next` and `prev` are absent at the ends, and repeat the caller's token in clear.
 *
 * @param toObject makes the rows of the page only, so that a long list costs no more than its page
 */
export function pageOf<T>(
  call: DeezerCall,
  path: string,
  entries: readonly T[],
  toObject: (row: T) => unknown,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { shown: rows, total } = shownEntries(entries, keyOf, call.listing);
  const index = Math.max(0, wholeNumber(call, "index", 0));
  const asked = wholeNumber(call, "limit", DEFAULT_LIMIT);
  const limit = asked < 0 ? rows.length : asked;
  const link = (target: number): string => {
    const query = new URLSearchParams();
    for (const [name, value] of call.fields) if (name !== "index" && name !== "limit") query.append(name, value);
    query.set("limit", String(limit));
    query.set("index", String(target));
    return `${call.base}${path}?${query}`;
  };
  return {
    data: rows.slice(index, index + limit).map(toObject),
    ...more,
    total: total + call.world.settings.surplusTotal,
    ...(index > 0 ? { prev: link(Math.max(0, index - limit)) } : {}),
    ...(limit > 0 && index + limit < rows.length ? { next: link(index + limit) } : {}),
  };
}

/** Rows are known by whichever id they have. */
function keyOf(row: unknown): string {
  const { id, trackId } = row as { readonly id?: unknown; readonly trackId?: unknown };
  return String(id ?? trackId);
}
