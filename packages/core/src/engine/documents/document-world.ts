import type { TenantHasher } from "../../crypto/index.ts";
import type { Presence, SideLetter } from "../../reconcile/index.ts";
import type { ConflictRow } from "./conflict-records.ts";
import type { DocumentLink, DocumentLinks } from "./document-links.ts";
import type { DocumentSides } from "./document-side.ts";
import type { DocumentMatches, Unlinked } from "./match-documents.ts";
import type { DocumentReading } from "./read-documents.ts";
import type { SeenDocument } from "./seen-document.ts";
import { presenceOf, type SettlingDocuments } from "./side-state.ts";

/** Ids are stored keys, those of A first. */
export type InScope = (aId: string | undefined, bId: string | undefined) => boolean;

/** Everything that was read of two collections of documents, before anything is decided. */
export interface DocumentWorld {
  readonly hasher: TenantHasher;
  readonly sides: DocumentSides;
  readonly stored: DocumentLinks;
  /** Keys of links that stand for a creation that was begun; their documents are among the unlinked ones. */
  readonly pending: ReadonlySet<string>;
  readonly readings: { readonly [S in SideLetter]: DocumentReading };
  readonly settling: { readonly [S in SideLetter]: SettlingDocuments };
  readonly unlinked: { readonly [S in SideLetter]: Unlinked };
  readonly matches: DocumentMatches;
  readonly conflicts: ReadonlyMap<string, ConflictRow>;
  /** Whether the pair is about the documents of a link, or about one that has none. Those it is not about stay as they are. */
  readonly inScope: InScope;
  /** By side, stored keys of documents that were asked for by id and are there after all. */
  readonly notGone: { readonly [S in SideLetter]: ReadonlySet<string> };
}

/** What each link's documents are against what was agreed on; worked out once for each. */
export class Presences {
  readonly #world: DocumentWorld;
  readonly #byId: { readonly [S in SideLetter]: Map<string, Presence> } = { a: new Map(), b: new Map() };

  constructor(world: DocumentWorld) {
    this.#world = world;
    for (const link of world.stored.links.values()) for (const side of ["a", "b"] as const) this.#learn(link, side);
  }

  /** Of any stored key on a side; one that no link knows is there if it was read. */
  of(side: SideLetter, id: string): Presence {
    return this.#byId[side].get(id) ?? (this.#world.unlinked[side].has(id) ? "present" : "absent");
  }

  /** How many linked documents of a side are another than was agreed on. */
  changed(side: SideLetter): number {
    let count = 0;
    for (const { state, aId, bId } of this.#world.stored.links.values()) {
      const id = side === "a" ? aId : bId;
      if (!this.#world.inScope(aId, bId)) continue;
      if (state === "linked" && id !== undefined && this.#byId[side].get(id) === "changed") count++;
    }
    return count;
  }

  #learn(link: DocumentLink, side: SideLetter): void {
    const { hasher, readings, settling, notGone } = this.#world;
    const id = side === "a" ? link.aId : link.bId;
    if (id === undefined) return;
    const presence = presenceOf(hasher, link, side, readings[side], settling[side]);
    this.#byId[side].set(id, presence === "absent" && notGone[side].has(id) ? "unknown" : presence);
  }
}

export function seenOn(world: DocumentWorld, side: SideLetter, id: string | undefined): SeenDocument | undefined {
  return id === undefined ? undefined : world.readings[side].seen.get(id);
}
