import type { Session } from "./session.ts";

/** Finding items of one kind in the service's own catalogue. */
export interface Catalogue<TNative = unknown> {
  /** By natural key, by scheme (`isrc`, `upc`). */
  readonly lookups: { readonly [scheme: string]: CatalogueLookup<TNative> };
  readonly search?: CatalogueSearch<TNative>;
  /**
   * Asks for one item by id, to tell a takedown from a removal. One request.
   * `available`: it is there and playable for this user. `unavailable`: known but not readable or playable.
   * `unknown-id`: the service does not know the id (any more).
   */
  get(session: Session, id: string): Promise<CatalogueItem<TNative>>;
}

export type CatalogueItem<TNative> =
  | { readonly state: "available"; readonly native: TNative }
  | { readonly state: "unavailable"; readonly native?: TNative }
  | { readonly state: "unknown-id" };

export interface CatalogueLookup<TNative> {
  /** Most keys that one request carries. */
  readonly batchSize: number;
  /**
   * One request; more only for a key under which nothing was found and that the service may write otherwise. Keys without a hit are absent from the map; a failure is thrown, so that "failed" and "not found"
   * stay apart. Several items may share a key; their order is the service's.
   */
  find(session: Session, keys: readonly string[]): Promise<ReadonlyMap<string, readonly TNative[]>>;
}

export interface CatalogueSearch<TNative> {
  /** Most hits that one request gives. */
  readonly limit: number;
  /** One request; hits in the service's order. Quotes and operators in the terms are the provider's to defuse. */
  find(session: Session, query: SearchQuery): Promise<readonly TNative[]>;
}

/**
 * By fields where the service can, else in plain words. `title` is what the wanted item itself is called: the title of a track,
 * the name of an album or of an artist.
 */
export type SearchQuery =
  | { readonly by: "fields"; readonly title: string; readonly artist?: string; readonly album?: string }
  | { readonly by: "words"; readonly words: string };
