import { z } from "@hono/zod-openapi";
import { HttpProblem } from "./problems.ts";

/** Pages are asked for by the cursor that the page before gave. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(400).optional().openapi({ description: "`next_cursor` of the page before." }),
};

export const nextCursor = z.string().nullable().openapi({ description: "`null` on the last page." });

/** Cursors are opaque, so that what is in them may change. */
function writeCursor(place: string): string {
  return btoa(place).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @throws {HttpProblem} 400 `http.cursor` */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new HttpProblem(400, "http.cursor", "query.cursor: this is no cursor of ours. Begin at the first page.");
  }
}

/**
 * A place in a list that is counted.
 * @throws {HttpProblem} 400 `http.cursor`
 */
export function readPlace(cursor: string | undefined): number | undefined {
  const text = readCursor(cursor);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new HttpProblem(400, "http.cursor", "query.cursor: this is no cursor of this list. Begin at the first page.");
}

/** @returns the cursor behind the last place of a page, `null` if the page is not full */
export function pageUpTo(last: number | undefined, found: number, limit: number): string | null {
  return last === undefined || found < limit ? null : writeCursor(String(last));
}

/**
 * One more than a page is read, to know whether there is another.
 * @returns the page, and the cursor of the next one
 */
export function pageOf<T extends { readonly id: string }>(items: readonly T[], limit: number) {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { page, next_cursor: items.length > limit && last ? writeCursor(last.id) : null };
}
