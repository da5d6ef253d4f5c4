import type { Row } from "../../ports/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import type { DocumentLink, DocumentLinks } from "./document-links.ts";
import type { DocumentSides } from "./document-side.ts";
import { type DocumentReading, getDocument } from "./read-documents.ts";
import { isTold, presenceOf } from "./side-state.ts";

/** So many documents are asked for one by one, even where a listing would take fewer requests: it would carry far more. */
const FEW = 20;

const nothingSettles = { written: new Set<string>(), deleted: new Set<string>() };

interface Read {
  readonly stored: DocumentLinks;
  readonly cursors: readonly Row<"sync_cursors">[];
  readonly readings: { readonly [S in SideLetter]: DocumentReading };
}

/**
 * Completes deltas by what the other side has for each document that they tell of.
 * @returns `undefined`: that needs more than can be asked for one by one, and both sides are to be read whole
 */
export async function lookAtCounterparts(
  context: RunContext,
  sides: DocumentSides,
  read: Read,
): Promise<{ a: DocumentReading; b: DocumentReading } | undefined> {
  const { stored, readings } = read;
  const linked = linkedIds(stored);
  if (needsWhole(context, read, linked)) return undefined;
  const hasher = await context.parts.hashes.forTenant(context.pair.tenant_id);
  const book = new ItemIdBook(context);
  const completed = { a: readings.a, b: readings.b };
  for (const letter of ["a", "b"] as const) {
    const other = letter === "a" ? "b" : "a";
    const wanted = [...stored.links.values()].filter((link) => {
      const id = idOn(link, letter);
      if (id === undefined || isTold(readings[letter], id) || !isTold(readings[other], idOn(link, other))) return false;
      return link.state !== "linked" || presenceOf(hasher, link, other, readings[other], nothingSettles) !== "present";
    });
    if (wanted.length > Math.max(FEW, readings[letter].rows / sides[letter].collection.read.pageSize)) return undefined;
    await book.openLinks(wanted.map(({ key }) => key));
    const found = { seen: new Map(readings[letter].seen), deleted: new Map(readings[letter].deleted) };
    const unreadable = new Set(readings[letter].unreadable);
    for (const link of wanted) {
      assertRunning(context);
      const key = idOn(link, letter) ?? "";
      const answer = await getDocument(sides[letter], book.id(letter, key));
      if (!answer) unreadable.add(key);
      else if ("gone" in answer) found.deleted.set(key, answer.deletedAtMs);
      else found.seen.set(key, answer);
    }
    const rows = rowsNow(read, letter, linked[letter]);
    if (wanted.length > 0) completed[letter] = { ...readings[letter], ...found, unreadable, rows, extent: "delta" };
    else completed[letter] = { ...readings[letter], rows };
  }
  return completed;
}

type Ids = { readonly [S in SideLetter]: ReadonlySet<string> };

function linkedIds({ links }: DocumentLinks): Ids {
  const linked = { a: new Set<string>(), b: new Set<string>() };
  for (const { aId, bId } of links.values()) {
    if (aId !== undefined) linked.a.add(aId);
    if (bId !== undefined) linked.b.add(bId);
  }
  return linked;
}

/** What is new on one side may be what the other has had for long, unlinked: then all of that has to be looked at. */
function needsWhole(context: RunContext, read: Read, linked: Ids): boolean {
  const holdsMore = (letter: SideLetter) => {
    const { side } = letter === "a" ? context.from : context.to;
    return read.cursors.find((cursor) => cursor.side === side)?.rows !== linked[letter].size;
  };
  if (newOn(read, "a", linked.a).length > 0 && holdsMore("b")) return true;
  return newOn(read, "b", linked.b).length > 0 && (holdsMore("a") || context.pair.prune);
}

function newOn({ stored, readings }: Read, letter: SideLetter, linked: ReadonlySet<string>): readonly string[] {
  return [...readings[letter].seen.keys()].filter((id) => !linked.has(id) && !stored.superseded[letter].has(id));
}

/** As many as before, with what is new and without what is gone. */
function rowsNow(read: Read, letter: SideLetter, linked: ReadonlySet<string>): number {
  const { rows, deleted } = read.readings[letter];
  return rows + newOn(read, letter, linked).length - [...deleted.keys()].filter((id) => linked.has(id)).length;
}

function idOn({ aId, bId }: DocumentLink, letter: SideLetter): string | undefined {
  return letter === "a" ? aId : bId;
}
