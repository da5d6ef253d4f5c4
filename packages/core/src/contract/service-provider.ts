import type { ItemKindName, PlaylistDetails, UniversalItems } from "../items/index.ts";
import type { Authorization } from "./authorization.ts";
import type { Catalogue } from "./catalogue.ts";
import type { MembershipCollection } from "./collection.ts";
import type { ContainerCollection } from "./containers.ts";
import type { DataPolicy } from "./data-policy.ts";
import type { DocumentCollection } from "./documents.ts";
import type { HeldDocuments } from "./held-documents.ts";
import type { AddressRules, RawAnswer } from "./http.ts";
import type { LogCollection } from "./log.ts";
import type { HealthStatus, UserProfile } from "./profile.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { ServiceFailure } from "./service-failure.ts";
import type { Session } from "./session.ts";
import type { SyncResult } from "./sync-result.ts";
import type { WebhookCapability } from "./webhooks.ts";

/** Open: a new category is a new string, and services pair within one. */
export type ServiceCategory = "music" | "calendar" | (string & {});

/** The service's own types by item kind: what its JSON looks like after parsing. */
export type NativeItems = { readonly [K in keyof UniversalItems]?: unknown };

/** Pure functions between the service's form and the universal one; the one place where units change. */
export type ItemMappings<TNative extends NativeItems> = {
  readonly [K in keyof TNative & keyof UniversalItems]-?: {
    toUniversal(native: TNative[K]): UniversalItems[K];
  };
};

/** The service's catalogue, by kind of item. */
export type Catalogues<TNative extends NativeItems = NativeItems> = {
  readonly [K in ItemKindName]?: Catalogue<TNative[K]>;
};

/** A capability is offered by being present, so that no flag can disagree with the code. */
export type Collections<TNative extends NativeItems = NativeItems> = {
  readonly favorites?: MembershipCollection<TNative["track"]>;
  readonly albums?: MembershipCollection<TNative["album"]>;
  readonly artists?: MembershipCollection<TNative["artist"]>;
  // biome-ignore lint/suspicious/noExplicitAny: the playlists' native type is the provider's own
  readonly playlists?: ContainerCollection<any, PlaylistDetails, TNative["track"]>;
  readonly recently_played?: LogCollection<TNative["track"]>;
} & { readonly [type: string]: AnyCollection | undefined };

/** A collection of any shape. Its native types are the provider's own; only its own functions ever see them. */
export type AnyCollection =
  // biome-ignore lint/suspicious/noExplicitAny: as said
  | MembershipCollection<any>
  // biome-ignore lint/suspicious/noExplicitAny: as said
  | DocumentCollection<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as said
  | HeldDocuments<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as said
  | ContainerCollection<any, any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as said
  | LogCollection<any>;

/** How requests to the service are sent and their answers judged. */
export interface ProviderTransport {
  readonly rateLimit: RateLimit;
  /** Default 30 s, covering the body. */
  readonly timeoutMs?: number;
  /** Puts the access token on a request. Default: `Authorization: Bearer`, or `Basic` with a password. Deezer: the parameter `access_token`. */
  authorize?(token: string, request: OutgoingRequest): void;
  /**
   * Judges every answer, also those with status 200, before any schema sees it. `undefined`: the answer is fine.
   * The one place that knows what this service's failures look like.
   */
  classify(answer: RawAnswer, request: { readonly method: string; readonly route: string }): ServiceFailure | undefined;
  /** Requests go where users say (`basic` with a given server): each address is held against these rules before it is called. */
  readonly addresses?: AddressRules;
  /** Names of query and form parameters that hold secrets, beside the common ones. */
  readonly secretParameters?: readonly string[];
}

/** A request on its way out; `authorize` may change it. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Headers;
  /** Form fields, when the request has a form body. */
  readonly form?: URLSearchParams;
}

/** What a provider's author writes; `defineProvider` derives the rest. */
export interface ProviderDefinition<
  TNative extends NativeItems = NativeItems,
  TName extends string = string,
  TCollections extends Collections<TNative> = Collections<TNative>,
> {
  /** The version of this contract that the provider was written to. */
  readonly contractVersion: 1;
  /** Lower case, digits and hyphens: `spotify`, `apple-music`. */
  readonly name: TName;
  readonly displayName: string;
  readonly category: ServiceCategory;
  readonly authorization: Authorization;
  readonly transport: ProviderTransport;
  readonly items: ItemMappings<TNative>;
  readonly collections: TCollections;
  /** Where items of a kind are found; collections of a kind without one can be read only. */
  readonly catalogues?: Catalogues<TNative>;
  /** Present where the service can call the host when a collection has changed. */
  readonly webhooks?: WebhookCapability;
  /** One request. Its failure does not fail a connection. */
  profile(session: Session): Promise<UserProfile>;
  /** Whether the service answers at all; needs no user. At most two requests. */
  health(session: Session): Promise<HealthStatus>;
  readonly dataPolicy: DataPolicy;
  /**
   * `opaque` (default): ids of items are catalogue numbers and stored plain. `sensitive`: they can hold an address, a
   * name or a title, and are stored as ciphertext plus keyed hash.
   */
  readonly itemIds?: "opaque" | "sensitive";
}

/** A plug-in that speaks to one service. Readonly data plus few functions; performs no I/O of its own. */
export interface ServiceProvider<
  TNative extends NativeItems = NativeItems,
  TName extends string = string,
  TCollections extends Collections<TNative> = Collections<TNative>,
> extends ProviderDefinition<TNative, TName, TCollections> {
  /** All scopes that the provider's sync types need, for listings. */
  readonly scopes: readonly string[];
  /** Whether the session's tokens still work: the profile can be read. Other failures are thrown. */
  validateTokens(session: Session): Promise<boolean>;
  /**
   * Everything the service shows of the user, page by page, optionally only what was added since a moment (ms since
   * the epoch). Additions only: what is missing from it proves nothing.
   */
  syncUserData(session: Session, since?: number): AsyncIterable<SyncResult<object>>;
}

/** Any provider, whatever its native types and the kinds that it maps. */
export type AnyProvider = Omit<
  // biome-ignore lint/suspicious/noExplicitAny: native types are the provider's own; only its own functions ever see them
  ServiceProvider<any, string, Collections<any>>,
  "items"
> & {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly items: Partial<ItemMappings<any>>;
};
