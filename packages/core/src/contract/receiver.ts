import type { ItemKindName, SyncType } from "../items/index.ts";
import { collectionsOf } from "./define-provider.ts";
import type { AnyCollection, AnyProvider } from "./service-provider.ts";

/**
 * The collection of `to` that takes in what the collection of this type gives that `from` has: as a rule its own of the same
 * type. What a log holds goes into a log that accepts entries or, where there is none, into a playlist of items of that kind.
 * @returns `undefined` if there is none that can be written
 */
export function receiverOf(from: AnyProvider, to: AnyProvider, type: SyncType): AnyCollection | undefined {
  const given = collectionOf(from, type);
  if (!given || from.category !== to.category) return undefined;
  const own = collectionOf(to, type);
  if (given.shape !== "log") {
    const isAlike = own && own.shape === given.shape && kindName(own) === kindName(given);
    return isAlike && canReceive(to, own) ? own : undefined;
  }
  if (!hasCatalogue(to, given.kind)) return undefined;
  if (own?.shape === "log" && own.kind === given.kind && own.write) return own;
  return playlistsOf(to, given.kind);
}

/** The collections that a service would write to take in what it has of this type itself: what its write scopes are for. */
export function writtenFor(provider: AnyProvider, type: SyncType): AnyCollection | undefined {
  const own = collectionOf(provider, type);
  if (own?.shape !== "log" || own.write) return own;
  return playlistsOf(provider, own.kind);
}

/** Types come from outside: what every object has is no collection. */
export function collectionOf({ collections }: AnyProvider, type: SyncType): AnyCollection | undefined {
  return Object.hasOwn(collections, type) ? collections[type] : undefined;
}

/** Whether a service calls when a collection of this type has changed. */
export function canWatch(provider: AnyProvider, type: SyncType): boolean {
  const { webhooks } = provider;
  if (!webhooks || !collectionOf(provider, type)) return false;
  return webhooks.types === undefined || webhooks.types.includes(type);
}

function playlistsOf(provider: AnyProvider, kind: ItemKindName): AnyCollection | undefined {
  for (const [, collection] of collectionsOf(provider)) {
    if (collection.shape !== "containers" || collection.kind.name !== "playlist") continue;
    if (collection.write && collection.contents.write && collection.contents.kind === kind) return collection;
  }
  return undefined;
}

function kindName({ kind }: AnyCollection): string {
  return typeof kind === "string" ? kind : kind.name;
}

/** Writing references needs to find them: in the service's catalogue, by key or by search. */
function canReceive(provider: AnyProvider, collection: AnyCollection): boolean {
  if (collection.write === undefined) return false;
  switch (collection.shape) {
    case "membership":
      return hasCatalogue(provider, collection.kind);
    case "containers":
      return collection.contents.write !== undefined && hasCatalogue(provider, collection.contents.kind);
    default:
      return true;
  }
}

function hasCatalogue({ catalogues }: AnyProvider, kind: ItemKindName): boolean {
  return catalogues?.[kind] !== undefined;
}
