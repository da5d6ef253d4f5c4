import type { DocumentKind } from "../items/index.ts";
import type { ScopeNeeds } from "./authorization.ts";
import type { CollectionProbe, ListOptions, UnsyncableReason } from "./collection.ts";
import type { Session } from "./session.ts";

/** One document as a service shows it now. */
export interface DocumentState<TNative> {
  readonly id: string;
  readonly native: TNative;
  /** The service's etag, revision or sequence: opaque, and another with every change. */
  readonly version?: string;
  /** The service's own time of the last change, in ms since the epoch. */
  readonly modifiedAtMs?: number;
  /** The operation id that made or last changed it, where the service keeps one for us (a private property). */
  readonly marker?: string;
  /**
   * A write of ours that takes several requests was cut off in its middle: the document is shown as it was meant, and an update does
   * the rest, also one of no fields. The engine plans such updates; reading never writes.
   */
  readonly unfinished?: true;
}

/** What a service made of what was written. */
export interface WrittenDocument<TNative> extends DocumentState<TNative> {
  /**
   * What it could not take as it was meant: stable codes such as `reminder.email`, in the provider's documentation, without content.
   * Told with the item in reports. Fields that the service does not have at all are told by the engine.
   */
  readonly losses?: readonly string[];
}

/** One row of a listing of documents. */
export type ListedDocument<TNative> =
  | ({ readonly state: "listed" } & DocumentState<TNative>)
  /** The service's own word that the id is gone. */
  | { readonly state: "deleted"; readonly id: string; readonly deletedAtMs?: number }
  /** Listed without content: says nothing about the document, least of all its absence. */
  | { readonly state: "unreadable"; readonly id?: string }
  /** Something that no other service can hold. Reported, never synced. */
  | { readonly state: "unsyncable"; readonly id?: string; readonly reason: UnsyncableReason };

export interface DocumentPage<TNative> {
  readonly entries: readonly ListedDocument<TNative>[];
  /** The service's own count of the documents, without deleted ones, where it gives one. */
  readonly total?: number;
  /**
   * What a later probe is compared with, on the last page or on each. Pages that tell different ones were read at
   * different moments, and none is remembered. Built from ids, versions and counts; no content.
   */
  readonly fingerprint?: string;
  /**
   * On the last page: with what a later delta goes on from the moment at which this listing or delta began. The service's own word,
   * opaque; stored as ciphertext.
   */
  readonly token?: string;
  /**
   * What the service's own clock said when it answered (its `Date` header), in ms since the epoch: what corrects its
   * `modifiedAtMs` before they are compared with another service's. Absent: its clock is taken to be ours.
   */
  readonly serverTimeMs?: number;
}

/**
 * A list of things that the user owns and may edit (the events of a calendar, notes). Whole documents are created,
 * changed and deleted; fields are compared and merged by the item kind's rules.
 */
export interface DocumentCollection<TNative = unknown, TItem extends object = object> {
  readonly shape: "documents";
  readonly kind: DocumentKind<TItem>;
  readonly scopes: ScopeNeeds;
  /** Pure. What it throws is that one document's failure: it is left alone and reported. */
  toUniversal(native: TNative): TItem;
  /** The fields that this service can hold; what it cannot is neither compared nor written. Absent: all of the kind. */
  readonly fields?: readonly (keyof TItem & string)[];
  /**
   * The fields that a listing leaves out, and only `get` shows: absent there, which is unknown, not empty. An edit of them at this
   * service is not noticed by a listing. Absent: none.
   */
  readonly unlisted?: readonly (keyof TItem & string)[];
  readonly read: DocumentReader<TNative>;
  /** Absent: the service, or this mode of it, cannot be written. */
  readonly write?: DocumentWriter<TNative, TItem>;
}

export interface DocumentReader<TNative> {
  readonly pageSize: number;
  /** Whether `total` counts exactly the rows that a full listing gives. */
  readonly totals: "exact" | "inexact";
  /**
   * Lists everything, page by page.
   * @throws {MalformedAnswerError} a 2xx that is not a listing; never an empty page instead
   */
  list(session: Session, options: ListOptions): AsyncIterable<DocumentPage<TNative>>;
  /**
   * What was made, changed (`listed`) or deleted since, page by page; one document may come more than once, and the last word on it
   * counts. Absent: the service tells no deltas. What it leaves out is taken for unchanged, for a week at most. It may leave out what
   * {@link ChangesOptions.isKnown}.
   * @param token of the last page of a listing or of an earlier delta
   * @throws {ServiceError} `token-expired`
   */
  changes?(session: Session, token: string, options: ChangesOptions): AsyncIterable<DocumentPage<TNative>>;
  /** One document by id: one request. Gone is only what the service says is gone (404, 410). */
  get(session: Session, id: string): Promise<DocumentAnswer<TNative>>;
  readonly probe?: CollectionProbe;
}

export interface ChangesOptions extends ListOptions {
  /**
   * Whether a document is known in this version already, most often because we wrote it: a service that tells versions apart from
   * content need not be asked for this content. Versions are as in {@link DocumentState.version}. The last word of the delta counts: what
   * it told in another version before is not left out.
   */
  readonly isKnown?: (id: string, version: string) => boolean;
}

export type DocumentAnswer<TNative> =
  | ({ readonly state: "found" } & DocumentState<TNative>)
  | { readonly state: "gone"; readonly deletedAtMs?: number };

export interface DocumentWriter<TNative, TItem extends object> {
  /** For this long after a write, reads may still show the state before it. */
  readonly consistencyWindowMs: number;
  /**
   * `conditional`: a write with `ifVersion` fails as `version-moved` when the document has another version.
   * `none`: there are no such writes; the engine reads the document again just before it writes.
   */
  readonly preconditions: "conditional" | "none";
  /**
   * How a creation whose answer was lost is found again. `client-id`: the id that was asked for is taken, or the same
   * request answers with what is there. `marker`: the operation id is kept on the document. `none`: by equal content.
   */
  readonly identity: "client-id" | "marker" | "none";
  /**
   * `true`: a document reads back exactly as it was written, so that any other form is somebody's edit. Absent: the
   * service may put what it is given into a form of its own.
   */
  readonly verbatim?: true;
  /**
   * Fields that a creation cannot carry (whether a new playlist is shown to others): an update that follows at once writes
   * them. Should it not get through, the next run does.
   */
  readonly createLacks?: readonly (keyof TItem & string)[];
  /** Most documents that the collection can hold, where the service has a limit. */
  readonly maxItems?: number;
  /**
   * Creates one document; exactly one request, and where its answer does not tell what is stored now one more to read that. Nobody is
   * notified by it.
   * @returns what the service made of it, as a read would show it
   * @throws {ServiceError} `already-there`: a document with this client id exists
   */
  create(session: Session, request: CreateDocument<TItem>): Promise<WrittenDocument<TNative>>;
  /**
   * Replaces the fields that are given; as many requests as `create`. Fields that are not given keep what they have.
   * @throws {ServiceError} `version-moved`, `not-found`
   */
  update(session: Session, request: UpdateDocument<TNative, TItem>): Promise<WrittenDocument<TNative>>;
  /**
   * Deletes one document; exactly one request.
   * @throws {ServiceError} `version-moved`; `not-found` where it is gone already
   */
  delete(session: Session, request: DeleteDocument): Promise<void>;
}

export interface CreateDocument<TItem> {
  readonly item: Partial<TItem>;
  /**
   * Names the decision: the same after a crash. To be used as the service's idempotency key, as the id of the document
   * where clients supply it, and as the marker where one is kept. 40 to 60 characters of `[0-9A-Za-z._-]`.
   */
  readonly operationId: string;
}

export interface UpdateDocument<TNative, TItem> {
  readonly id: string;
  /** Only the fields that both services hold. */
  readonly item: Partial<TItem>;
  readonly operationId: string;
  /** What the document was when the change was decided; for services that replace whole documents. */
  readonly previous: TNative;
  readonly ifVersion?: string;
}

export interface DeleteDocument {
  readonly id: string;
  readonly operationId: string;
  readonly ifVersion?: string;
}
