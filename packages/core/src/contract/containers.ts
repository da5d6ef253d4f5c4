import type { DocumentCollection } from "./documents.ts";
import type { OrderedCollection } from "./ordered.ts";
import type { Session } from "./session.ts";

/**
 * Documents that hold a collection (playlists). The documents are what is created, renamed and deleted; what each of them
 * holds is a collection of its own.
 *
 * Two things are wider than for other documents. `read.get` may take two requests: services show containers that the user has
 * given up, and have to be asked for that. `write.delete` of what is gone may succeed instead of `not-found`.
 */
export interface ContainerCollection<TNative = unknown, TItem extends object = object, TEntry = unknown>
  extends Omit<DocumentCollection<TNative, TItem>, "shape"> {
  readonly shape: "containers";
  /** Pure. What a listing tells of a container beside its fields. */
  facts(native: TNative, session: Session): ContainerFacts;
  readonly contents: OrderedCollection<TEntry>;
}

export interface ContainerFacts {
  /**
   * `owned`: the user's own. `shared`: somebody else's that the user may fill (collaborative); never renamed or deleted.
   * `followed`: somebody else's; never written, and no copy of it is made.
   */
  readonly access: "owned" | "shared" | "followed";
  /** It shows another collection (the loved tracks as a playlist) and is synced as that. */
  readonly shows?: string;
  /** Equal to the one before: what it holds is unchanged. Another one proves nothing. */
  readonly contentsVersion?: string;
  /** How many entries it holds, as far as a listing tells. */
  readonly size?: number;
}
