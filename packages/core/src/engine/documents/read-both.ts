import { readCursors } from "../runs/read-cursors.ts";
import type { RunContext } from "../runs/run-context.ts";
import { lookAtCounterparts } from "./counterparts.ts";
import type { DocumentLink, DocumentLinks } from "./document-links.ts";
import type { DocumentSides } from "./document-side.ts";
import { knownVersions } from "./known-versions.ts";
import { type DocumentReading, readDocuments } from "./read-documents.ts";
import { REFUSED_FOR_MS } from "./recent-documents.ts";

/**
 * Reads both collections. What is written on one side rests on what the other is now: of what a delta tells as changed, the other
 * side is looked at too, and both are read whole where a delta does not tell enough.
 * @param conflicts open records, by the keys of their links
 */
export async function readBothCollections(
  context: RunContext,
  sides: DocumentSides,
  stored: DocumentLinks,
  { full, conflicts }: { readonly full: boolean; readonly conflicts: ReadonlyMap<string, unknown> },
): Promise<{
  readonly readings: { readonly a: DocumentReading; readonly b: DocumentReading };
  readonly rebuild: boolean;
}> {
  const { from, to } = context;
  const { links } = stored;
  const hasher = await context.parts.hashes.forTenant(context.pair.tenant_id);
  const cursors = await readCursors(context);
  const lost = links.size === 0 && cursors.some(({ side, rows }) => side === from.side && rows > 0);
  const listedAtMs = Math.min(...cursors.map(({ listed_at }) => listed_at));
  const due = [...links.values()].some(
    (link) => dueAtMs(link) > listedAtMs && dueAtMs(link) <= context.parts.clock.now(),
  );
  const read = (letter: "a" | "b", whole: boolean) => {
    const { side } = letter === "a" ? from : to;
    return readDocuments(context, sides[letter], {
      phase: side === "source" ? "reading-source" : "reading-target",
      cursor: lost ? undefined : cursors.find((cursor) => cursor.side === side),
      full: whole,
      isKnown: knownVersions(stored, conflicts, letter, sides[letter].open.ids, hasher),
    });
  };
  // Both are awaited whatever happens, so that none goes on behind a run that has ended.
  const [a, b] = await Promise.allSettled([read("a", full || due), read("b", full || due)]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  const readings = { a: a.value, b: b.value };
  if (readings.a.extent !== "full" && readings.b.extent !== "full") {
    const enough = await lookAtCounterparts(context, sides, { stored, cursors, readings });
    if (enough) return { readings: enough, rebuild: lost };
  }
  for (const letter of ["a", "b"] as const) {
    if (readings[letter].extent !== "full") readings[letter] = await read(letter, true);
  }
  return { readings, rebuild: lost };
}

/** When it is looked at again although neither side has changed: it has rested, or was refused long ago. */
function dueAtMs({ state, retryAtMs, updatedAtMs }: DocumentLink): number {
  if (state === "refused") return updatedAtMs + REFUSED_FOR_MS;
  return state === "linked" && retryAtMs !== undefined ? retryAtMs : Number.NEGATIVE_INFINITY;
}
