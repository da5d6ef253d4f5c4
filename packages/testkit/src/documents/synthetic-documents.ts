import type { AnyProvider, Clock, ProviderTransport } from "@syncer/core";
import { inProcess } from "../synthetic/definition.ts";
import { SyntheticService } from "../synthetic/synthetic-service.ts";
import { type DocumentHabits, plainDocumentHabits } from "./habits.ts";
import { httpApi, overHttp } from "./http-api.ts";
import { httpNotes } from "./http-notes.ts";
import type { Note } from "./note.ts";
import { NoteService, type NoteServiceSnapshot } from "./note-service.ts";
import type { Spoilt } from "./note-store.ts";
import { type NotesApi, notesProvider } from "./notes-provider.ts";
import type { DocumentWrite } from "./write-log.ts";

export interface SyntheticDocumentsOptions {
  /** The provider's name: lower case, digits and hyphens. */
  readonly name: string;
  /** Tells all times; nothing else does, and there is no chance in anything. */
  readonly clock: Clock;
  /** The sync type under which the collection is offered; `notes` by default. */
  readonly type?: string;
  /** `notes` by default. Services pair within one category. */
  readonly category?: string;
  /** What differs from `plainDocumentHabits`. */
  readonly habits?: Partial<DocumentHabits>;
}

/** The state of a synthetic service at a moment. Habits, faults and hook are not part of it. */
export type DocumentsSnapshot = NoteServiceSnapshot;

/**
 * A service of notes that lives in memory: deterministic, without network and timers, with every bad habit that a service
 * can have. One side of it is the user's, who writes notes in the service's own application; the other is `provider()`, for an
 * engine.
 */
export class SyntheticDocuments extends SyntheticService {
  readonly type: string;
  readonly category: string;
  readonly #service: NoteService;

  constructor({ name, clock, type = "notes", category = "notes", habits = {} }: SyntheticDocumentsOptions) {
    const service = new NoteService(name, clock);
    super(service.calls);
    this.type = type;
    this.category = category;
    this.#service = service;
    this.#service.habits = { ...plainDocumentHabits, ...habits };
  }

  /** How it behaves from now on. */
  get habits(): DocumentHabits {
    return this.#service.habits;
  }

  /** Changes some habits, and leaves the others. @throws {RangeError} no service could have them together */
  adopt(habits: Partial<DocumentHabits>): void {
    this.#service.habits = { ...this.#service.habits, ...habits };
  }

  /** Leaves all habits but these and the plain ones; so the optional ones, a lie among them, are dropped too. */
  behave(habits: Partial<DocumentHabits> = {}): void {
    this.#service.habits = { ...plainDocumentHabits, ...habits };
  }

  /** A provider that reaches the service without a network. It declares what the habits are now. */
  provider(): AnyProvider {
    return this.#provider(inProcessApi(this.#service), inProcess);
  }

  /** The same provider, sending requests to `https://<name>.example`; they have to go to `fetch`. */
  providerOverHttp(): AnyProvider {
    return this.#provider(httpApi(this.name), overHttp);
  }

  /** Reaches the service over HTTP, in place of a network. */
  get fetch(): typeof globalThis.fetch {
    return httpNotes(this.#service);
  }

  // What the user does, in the service's own application. It is there at once; only reads of others may lag.

  /** Writes a new note. @returns its id */
  put(note: Note): string {
    return this.#service.store.create(note);
  }

  putAll(notes: readonly Note[]): readonly string[] {
    return notes.map((note) => this.put(note));
  }

  /** Changes the given fields. @throws {RangeError} there is no such note */
  edit(id: string, changes: Note): void {
    this.#service.store.update(id, changes);
  }

  /** Saves a note as it is: another version and time, nothing else. */
  touch(id: string): void {
    this.#service.store.update(id, {});
  }

  /** @throws {RangeError} there is no such note */
  remove(id: string): void {
    this.#service.store.delete(id);
  }

  /** Takes a note back out of the bin, under its old id. */
  undelete(id: string): void {
    this.#service.store.undelete(id);
  }

  /** Copies a note with everything that is on it, marker and uid included. @returns the id of the copy */
  duplicate(id: string): string {
    return this.#service.store.duplicate(id);
  }

  /** The note as the user sees it; `undefined` if it is not there. */
  get(id: string): Note | undefined {
    return this.#service.store.kept(id)?.note;
  }

  /** All notes by id, oldest first, as the user sees them. */
  notes(): ReadonlyMap<string, Note> {
    return new Map(
      this.#service.store
        .all()
        .flatMap(({ key, value }) => (value.state === "kept" ? [[key, value.note] as const] : [])),
    );
  }

  /** From now on the service no longer knows what was deleted, nor that there ever was such a thing. */
  emptyBin(): void {
    this.#service.store.forgetDeleted();
  }

  /** The tokens of listings and deltas so far are refused from now on. */
  expireTokens(): void {
    this.#service.expireTokens();
  }

  /**
   * Puts a note into a bad way, for remote calls; the user sees it as ever.
   * - `unreadable`: listed without content; `nameless`: without its id too
   * - `garbled`: its content cannot be understood (`toUniversal` throws)
   * - `foreign`: nothing that another service could hold
   * - `fine`: nothing is wrong with it
   */
  spoil(id: string, how: Spoilt | "fine"): void {
    if (how === "fine") this.#service.store.spoilt.delete(id);
    else this.#service.store.spoilt.set(id, how);
  }

  /** Everything that was changed, and by whom; grows. Holds content: for tests, in memory only. */
  get log(): readonly DocumentWrite[] {
    return this.#service.store.log;
  }

  /** Begins the log anew, for tests that run for long. */
  forgetLog(): void {
    this.#service.store.forgetLog();
  }

  /** Cheap: contents are shared, not copied. */
  snapshot(): DocumentsSnapshot {
    return this.#service.snapshot();
  }

  /** Puts the service back into a state that it, or another of the same name, was in. */
  restore(snapshot: DocumentsSnapshot): void {
    this.#service.restore(snapshot);
  }

  #provider(api: NotesApi, transport: ProviderTransport): AnyProvider {
    const { name, type, category, habits } = this;
    return notesProvider({ name, type, category, transport, api, habits, habitsNow: () => this.habits });
  }
}

/** @see SyntheticDocuments */
export function syntheticDocuments(options: SyntheticDocumentsOptions): SyntheticDocuments {
  return new SyntheticDocuments(options);
}

function inProcessApi(service: NoteService): NotesApi {
  const { calls } = service;
  return {
    page: ({ signal }, request) => calls.make("list", [], signal, () => service.page(request)),
    get: ({ signal }, id) => calls.make("get", [id], signal, () => service.get(id)),
    probe: ({ signal }) => calls.make("probe", [], signal, () => service.probe()),
    create: ({ signal }, call) => calls.make("create", [call.operationId], signal, () => service.create(call)),
    update: ({ signal }, call) => calls.make("update", [call.id], signal, () => service.update(call)),
    delete: ({ signal }, call) => calls.make("delete", [call.id], signal, () => service.delete(call)),
    profile: ({ signal, accountId }) =>
      calls.make("profile", [], signal, () => ({ externalId: service.habits.account ?? accountId ?? "somebody" })),
    health: ({ signal }) => calls.make("health", [], signal, () => undefined),
  };
}
