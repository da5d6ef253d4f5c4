import type { AnyProvider, Clock, Governor, ItemKindName, Random, SyncType, UnsyncableReason } from "@syncer/core";

/**
 * What the suite needs to try a provider: the provider, a way to its service (a stand-in in tests, the real one in a
 * live run) and some facts about the service's catalogue. Made anew for every check, so that checks cannot disturb each
 * other. Everything optional that is absent leaves out the checks that need it; one test names how many and why.
 */
export interface ProviderHarness {
  readonly provider: AnyProvider;
  /** Reaches the service. All requests of the suite go through it. */
  readonly fetch: typeof globalThis.fetch;
  /** The service's clock, if it has one of its own; a clock that moves by itself lets the suite run without waiting. */
  readonly clock?: Clock;
  readonly random?: Random;
  /** Shared by checks that go to a real service, whose limits do not begin anew with each check. */
  readonly governor?: Governor;
  readonly user: TestUser;
  readonly fixtures: ProviderFixtures;
  /** Absent: the service cannot be set up from outside (a live run). */
  readonly standIn?: StandInControls;
  /** Absent: nobody can act for a user at the service's consent page (a live run). */
  readonly signIn?: SignInControls;
  /** Whether checks may change the user's collections. */
  readonly writable: boolean;
  close?(): Promise<void>;
}

/** A signed-in user whose library is the suite's to use. */
export interface TestUser {
  /** Absent for providers without authorization. */
  readonly accessToken?: string;
  /** A new access token, for services whose tokens end; absent: the same one is given again. */
  renew?(): Promise<string>;
  /** As the provider's profile should tell it. */
  readonly accountId?: string;
  readonly grantedScopes: readonly string[];
}

/** Acts as a user's browser. */
export interface SignInControls {
  /** Registered for the application at the service. */
  readonly redirectUrl: string;
  /** Goes where the application sends the user, decides there, and gives the address that the user is sent back to. */
  visit(authorizationUrl: string, decision: "allow" | "deny"): Promise<URL>;
}

/** Facts about the service's catalogue. */
export interface ProviderFixtures {
  /** By kind, for collections of references: tracks, albums, artists. */
  readonly items?: { readonly [K in ItemKindName]?: ItemFixtures };
  /** By sync type, for collections of documents and for containers. */
  readonly documents?: Readonly<Record<string, DocumentFixtures>>;
}

/** Facts about the items of one kind. */
export interface ItemFixtures {
  /** Ids that can be added to a collection, none of them in it yet. 12 are enough; more lets full batches be tried. */
  readonly ids: readonly string[];
  /** Well-formed, but not in the catalogue. */
  readonly unknownId?: string;
  /** In the catalogue, but not to be played by this user. */
  readonly unavailableId?: string;
  /** By scheme: keys that one item has and that no item has. */
  readonly lookups?: Readonly<Record<string, { readonly known: string; readonly unknown: string }>>;
  /** A search that finds the item with this id among its hits. */
  readonly search?: { readonly title: string; readonly artist?: string; readonly id: string };
}

/** Documents that the suite may write into a collection. */
export interface DocumentFixtures {
  /**
   * In universal form, all different in every field that they have, and just as the service gives them back: with fields that it can
   * hold, spelt as it spells them. 12 or more; lists of several elements among them.
   */
  readonly items: readonly object[];
  /** Other values for some fields of the first item, not for all of them. */
  readonly changes: object;
  /** Well-formed, but of no document. */
  readonly unknownId: string;
  /** Of documents in containers: the one that is filled and read. */
  readonly containerId?: string;
}

/** The stand-in's back door. The user's collections are empty at the start. */
export interface StandInControls {
  /** Puts items into a collection of the user, in this order (the last one is the newest); into a log as well. */
  fill(type: SyncType, ids: readonly string[]): Promise<void>;
  /** Puts rows into it that cannot be read or synced, one for each member of the answer. */
  addOddRows?(type: SyncType): Promise<readonly ("unreadable" | UnsyncableReason)[]>;
  /** By sync type, for collections of documents and for containers. */
  readonly documents?: Readonly<Record<string, DocumentControls>>;
  /** By sync type, for containers. */
  readonly containers?: Readonly<Record<string, ContainerControls>>;
}

/** What the user does with documents in the service's own application. Reads may lag behind it as behind any write. */
export interface DocumentControls {
  /** Writes documents, one after another. @returns their ids */
  put(items: readonly object[]): Promise<readonly string[]>;
  edit(id: string, changes: object): Promise<void>;
  remove(id: string): Promise<void>;
}

/** What happens to containers in the service's own application. */
export interface ContainerControls {
  /** Makes a container of somebody else, with these entries, that the user may fill (`shared`) or only follows. @returns its id */
  putOthers(access: "shared" | "followed", itemIds: readonly string[]): Promise<string>;
  /** Replaces what a container holds, in this order. */
  fill(containerId: string, itemIds: readonly string[]): Promise<void>;
  /** Makes of the entry at this place one that cannot be read or synced. Absent: the service shows no such entries. */
  spoil?(containerId: string, at: number): Promise<"unreadable" | UnsyncableReason>;
}
