import type { KnownPlay, PlacedPlay } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { type LinkSet, linkKey, nextGeneration, type StoredLink, stateOf } from "../links/links.ts";
import type { Overruled } from "../overrides/overruled.ts";
import type { LinkPrecondition, MatchInfo, Side } from "../plans/plan.ts";
import type { RunContext } from "../runs/run-context.ts";

/** The key of the link of a play: of what was played, and when. Hashed ids stay so; a time tells nobody what it was. */
export function playKey(side: Side, storedId: string, atMs: number): string {
  return linkKey(side, `${storedId}@${atMs}`);
}

/** The key of the link of the playlist that takes the plays. It has an item on the side that is written only. */
export function listKey(side: Side): string {
  return linkKey(side, "list");
}

/** What a link's key says of a play; `undefined` for the playlist, and for plays of the other direction. */
function readKey(side: Side, key: string): { readonly itemId: string; readonly atMs: number } | undefined {
  const start = `${side}:`;
  const at = key.lastIndexOf("@");
  const atMs = playedAtMs(key);
  if (!key.startsWith(start) || at < start.length || !Number.isFinite(atMs)) return undefined;
  return { itemId: key.slice(start.length, at), atMs };
}

/** When it was played, by the key of its link; in ms since the epoch. */
export function playedAtMs(key: string): number {
  return Number(key.slice(key.lastIndexOf("@") + 1));
}

/** A play with its counterpart, as stored. */
interface StoredPlay extends PlacedPlay {
  readonly link: StoredLink;
}

/** What is remembered of plays. */
export interface StoredPlays {
  readonly known: readonly KnownPlay[];
  /** Those that have a counterpart, and an entry or a call that may have given them one or will. */
  readonly standing: readonly StoredPlay[];
}

/**
 * @param open keys of links whose last call has no answer: it may have put them into the list
 */
export async function readPlays(
  context: RunContext,
  { links, tombstones }: LinkSet,
  open: ReadonlySet<string>,
  overruled: Overruled,
): Promise<StoredPlays> {
  const known: KnownPlay[] = [];
  const found: [StoredLink, ReturnType<typeof readKey> & object][] = [];
  const { side } = context.from;
  for (const link of links.values()) {
    const play = readKey(side, link.key);
    if (!play) continue;
    const isPlaced = (link.state === "linked" || link.state === "pending") && link.bId !== undefined;
    if (isPlaced) found.push([link, play]);
    known.push({ key: link.key, ...play, ...knownState(link, isPlaced) });
  }
  for (const key of tombstones.keys()) {
    const play = readKey(side, key);
    if (play) known.push({ key, ...play, state: "over", isTombstone: true });
  }
  const book = new ItemIdBook(context);
  await book.openLinks(found.map(([{ key }]) => key));
  const standing = found.map(([link, play]): StoredPlay => {
    const { key, state, bId = "" } = link;
    const stands = state === "linked" ? "surely" : open.has(key) ? "maybe" : "not-yet";
    const isWrong = overruled.contradicts(link);
    return { key, ...play, toId: book.id("b", bId), stands, link, ...(isWrong ? { isWrong: true as const } : {}) };
  });
  return { known, standing };
}

function knownState({ state, retryAtMs }: StoredLink, isPlaced: boolean): Pick<KnownPlay, "state" | "restsUntilMs"> {
  if (isPlaced) return { state: "stands" };
  if (state !== "unmatched" && state !== "uncertain") return { state: "over" };
  return { state: "missed", ...(retryAtMs === undefined ? {} : { restsUntilMs: retryAtMs }) };
}

/** How the counterpart of a stored play was found. */
export function matchOf({ matchedBy, confidence }: StoredLink): { readonly match?: MatchInfo } {
  return matchedBy === undefined || confidence === undefined ? {} : { match: { by: matchedBy, confidence } };
}

/** What the link of a play, or of the list, must still be. */
export function preconditionOf(
  { links, tombstones }: LinkSet,
  key: string,
  ids: Pick<LinkPrecondition, "fromId" | "toId">,
): LinkPrecondition {
  const link = links.get(key);
  if (!link) return { key, generation: nextGeneration(tombstones, key), ...ids };
  return { key, generation: link.generation, ...stateOf(link), ...ids };
}
