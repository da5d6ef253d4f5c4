import { type Clock, type ServiceFailure, serviceError } from "@syncer/core";
import { Calls } from "../synthetic/calls.ts";
import { type CallKind, errorOf, FaultPlans } from "../synthetic/faults.ts";
import { type Lag, shownAtMs } from "../synthetic/lag.ts";
import { Listings, type Page } from "../synthetic/listings.ts";
import { checkDocumentHabits, type DocumentHabits, type IncomingWrite, plainDocumentHabits } from "./habits.ts";
import { type NativeRow, type NativeState, toNative } from "./native-note.ts";
import { type Note, noteFields } from "./note.ts";
import { type Kept, NoteStore, type NoteStoreSnapshot, type Standing } from "./note-store.ts";

export interface NativePage extends Page<NativeRow> {
  /** What the service says of its whole content at the moment of this page; absent where it says nothing. */
  readonly revision?: string;
  /** On the last page, where deltas are told: with what the next one goes on. */
  readonly since?: string;
  readonly serverTimeMs?: number;
}

export interface PageRequest {
  readonly size: number;
  /** Names the page. */
  readonly token?: string;
  /** Only what changed since the listing or delta that ended with this. */
  readonly since?: string;
}

/** What decides what a service answers; content, and what makes two listings differ. */
export interface NoteServiceSnapshot {
  readonly store: NoteStoreSnapshot;
  readonly counts: Readonly<Partial<Record<CallKind, number>>>;
  readonly reads: number;
  readonly listings: number;
  readonly epoch: number;
}

/** The answer to one question by id. */
export type NativeAnswer = NativeRow;

export interface CreateCall {
  readonly fields: Note;
  readonly operationId: string;
}

export interface UpdateCall extends CreateCall {
  readonly id: string;
  readonly ifVersion?: string;
}

export interface DeleteCall {
  readonly id: string;
  readonly operationId: string;
  readonly ifVersion?: string;
}

/** The service as it is reached from outside: what each remote call does and answers, by the habits of the moment. */
export class NoteService {
  readonly name: string;
  readonly clock: Clock;
  readonly calls: Calls;
  readonly store: NoteStore;
  readonly #listings = new Listings<NativeRow>();
  readonly #natives = new WeakMap<
    Kept,
    { readonly fields: unknown; readonly spoilt: unknown; native: NativeState["note"] }
  >();
  #habits: DocumentHabits = plainDocumentHabits;
  #reads = 0;
  /** Tokens of earlier ones are refused. */
  #epoch = 0;
  /** Of listings that are being read. */
  readonly #tokens = new Map<number, string>();

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
    this.calls = new Calls(name, clock, new FaultPlans());
    this.store = new NoteStore(name, clock, () => this.#habits);
  }

  get habits(): DocumentHabits {
    return this.#habits;
  }

  set habits(habits: DocumentHabits) {
    checkDocumentHabits(habits);
    this.#habits = habits;
    this.calls.latencyMs = habits.latencyMs;
  }

  page(request: PageRequest): NativePage {
    this.#enter("list");
    const atMs = this.#shownAtMs("list");
    const { since } = request;
    const sinceTurn = since === undefined ? 0 : this.#turnOf(since);
    const page = this.#listings.page(
      {
        rows: () => (since === undefined ? this.#rows(atMs) : this.#changes(atMs, sinceTurn)),
        counts: ({ row }) => row !== "deleted",
      },
      since === undefined ? this.#habits : honest(this.#habits),
      request,
    );
    if ("fault" in page) throw errorOf(this.name, "list", page.fault, this.clock.now());
    const revision = this.#revision(atMs);
    const next = this.#tokenOf(request, page, atMs);
    const { times } = this.#habits;
    return {
      ...page,
      ...(revision === undefined ? {} : { revision }),
      ...(next === undefined ? {} : { since: next }),
      ...(times === "none" || times.told === false ? {} : { serverTimeMs: this.store.serviceTimeMs() }),
    };
  }

  probe(): { readonly rows: number; readonly revision: string } {
    this.#enter("probe");
    const atMs = this.#shownAtMs("list");
    const rows = this.store.all(atMs).filter(({ value }) => value.state === "kept").length;
    return { rows, revision: this.#revision(atMs) ?? "" };
  }

  /** Nothing that says whether the place or the document is gone, as with most services. */
  get(id: string): NativeAnswer {
    if (this.#habits.container === "gone") return { row: "deleted", id };
    this.#enter("get");
    const standing = this.store.asOf(id, this.#shownAtMs("get"));
    return standing ? this.#row(id, standing) : { row: "deleted", id };
  }

  create({ fields, operationId }: CreateCall): NativeRow {
    this.#enter("create");
    const { identity, repeats, deletedIds } = this.#habits;
    if (identity === "client-id") {
      const id = this.store.made.get(operationId);
      const standing = id === undefined ? undefined : this.store.standing(id);
      if (id !== undefined && standing?.state === "kept") {
        if (repeats === "refused") throw this.#failure("create", { kind: "already-there" });
        return this.#row(id, standing);
      }
      if (id !== undefined && deletedIds === "taken") throw this.#failure("create", { kind: "already-there" });
    }
    this.#refuse({ kind: "create", fields });
    if (this.store.isFull()) throw this.#failure("create", { kind: "collection-full" });
    const ownId = identity === "client-id" && repeats !== "answered-by-key" ? operationId : undefined;
    const id = this.store.create(fields, { by: "sync", operationId }, ownId);
    this.store.made.set(operationId, id);
    return this.#fresh(id);
  }

  update({ id, fields, operationId, ifVersion }: UpdateCall): NativeRow {
    this.#enter("update");
    this.#present("update", id, ifVersion);
    this.#refuse({ kind: "update", id, fields });
    this.store.update(id, fields, { by: "sync", operationId });
    return this.#fresh(id);
  }

  delete({ id, operationId, ifVersion }: DeleteCall): void {
    this.#enter("delete");
    this.#present("delete", id, ifVersion);
    this.#refuse({ kind: "delete", id, fields: {} });
    this.store.delete(id, { by: "sync", operationId });
  }

  snapshot(): NoteServiceSnapshot {
    return {
      store: this.store.snapshot(),
      counts: { ...this.calls.counts },
      reads: this.#reads,
      listings: this.#listings.number,
      epoch: this.#epoch,
    };
  }

  restore({ store, counts, reads, listings, epoch }: NoteServiceSnapshot): void {
    this.store.restore(store);
    this.calls.counts = { ...counts };
    this.#reads = reads;
    this.#listings.number = listings;
    this.#epoch = epoch;
  }

  /** @throws the failure of a place that is gone or forbidden */
  #enter(kind: CallKind): void {
    const { container } = this.#habits;
    if (container === "gone") throw this.#failure(kind, { kind: "not-found" });
    if (container === "forbidden") throw this.#failure(kind, { kind: "forbidden", reason: "container" });
  }

  #present(kind: CallKind, id: string, ifVersion: string | undefined): void {
    const kept = this.store.kept(id);
    if (!kept) throw this.#failure(kind, { kind: "not-found" });
    if (this.#habits.preconditions === "none" || ifVersion === undefined) return;
    if (kept.version !== ifVersion) throw this.#failure(kind, { kind: "version-moved" });
  }

  #refuse(write: IncomingWrite): void {
    const reason = this.#habits.refuse(write);
    if (reason !== undefined) throw this.#failure(write.kind, { kind: "invalid", reason });
  }

  #failure(kind: CallKind, failure: ServiceFailure): Error {
    return serviceError(this.name, `/${kind}`, 0, failure);
  }

  #shownAtMs(read: "list" | "get"): number {
    const lag: Lag = this.#habits.lag;
    return shownAtMs(lag, read, ++this.#reads, this.clock.now());
  }

  /** The tokens that were given so far are refused from now on. */
  expireTokens(): void {
    this.#epoch++;
  }

  /** Of the moment at which the listing began: what changes while it is read is told by the next delta. */
  #tokenOf({ token }: PageRequest, { next }: Page<NativeRow>, atMs: number): string | undefined {
    if (this.#habits.deltas === "none") return undefined;
    const listing = Number((token ?? next)?.split(".")[0] ?? this.#listings.number);
    const own = token === undefined ? this.#tokenAt(atMs) : this.#tokens.get(listing);
    if (next === undefined) this.#tokens.delete(listing);
    else if (own !== undefined) this.#tokens.set(listing, own);
    return next === undefined ? own : undefined;
  }

  #tokenAt(atMs: number): string {
    const turn = this.store.all(atMs).reduce((latest, moment) => Math.max(latest, moment.turn), 0);
    return `${turn}.${this.#era}`;
  }

  /** @throws the failure of a token that says nothing any more */
  #turnOf(token: string): number {
    const [turn, ...era] = token.split(".");
    if (era.join(".") !== this.#era) throw this.#failure("list", { kind: "token-expired" });
    return Number(turn);
  }

  /** What was deleted and is not known any more cannot be told. */
  get #era(): string {
    return `${this.store.forgotten}.${this.#epoch}`;
  }

  #changes(atMs: number, sinceTurn: number): readonly NativeRow[] {
    const changed = this.store.all(atMs).filter(({ turn }) => turn > sinceTurn);
    return changed.map(({ key, value }) => this.#row(key, value));
  }

  #rows(atMs: number): readonly NativeRow[] {
    const { tombstones } = this.#habits;
    const rows: NativeRow[] = [];
    for (const { key, value } of this.store.all(atMs)) {
      if (value.state === "kept" || tombstones === "listed") rows.push(this.#row(key, value));
    }
    return rows;
  }

  /** What a write answers: the state that it made, whatever lags. */
  #fresh(id: string): NativeRow {
    const standing = this.store.standing(id);
    return standing ? this.#row(id, standing) : { row: "deleted", id };
  }

  #row(id: string, standing: Standing): NativeRow {
    if (standing.state === "gone") {
      const { deletedAtMs } = standing;
      return { row: "deleted", id, ...(this.#habits.deletedAt ? { deletedAtMs } : {}) };
    }
    switch (this.store.spoilt.get(id)) {
      case "unreadable":
        return { row: "unreadable", id };
      case "nameless":
        return { row: "unreadable" };
      case "foreign":
        return { row: "foreign", id, reason: "unsupported" };
      default:
        return { row: "note", id, ...this.#state(id, standing) };
    }
  }

  #state(id: string, kept: Kept): NativeState {
    const { versions, times, identity } = this.#habits;
    return {
      note: this.#native(id, kept),
      ...(versions === "etag" ? { version: kept.version } : {}),
      ...(times === "none" ? {} : { modifiedAtMs: kept.modifiedAtMs }),
      ...(identity === "marker" && kept.marker !== undefined ? { marker: kept.marker } : {}),
    };
  }

  #native(id: string, kept: Kept): NativeState["note"] {
    const { fields = noteFields } = this.#habits;
    const spoilt = this.store.spoilt.get(id);
    const known = this.#natives.get(kept);
    if (known && known.fields === fields && known.spoilt === spoilt) return known.native;
    const native = toNative(id, kept.note, fields, spoilt === "garbled");
    this.#natives.set(kept, { fields, spoilt, native });
    return native;
  }

  #revision(atMs: number): string | undefined {
    const { probe, order } = this.#habits;
    if (probe === "none") return undefined;
    const shown = this.store.all(atMs);
    if (probe === "exact") {
      const last = shown.reduce((latest, { turn }) => Math.max(latest, turn), 0);
      return `${last} of ${this.store.forgotten}`;
    }
    const kept = shown.filter(({ value }) => value.state === "kept");
    const outermost = order === "newest-first" ? kept.at(-1) : kept[0];
    return `${kept.length} ${outermost?.key ?? ""} ${outermost?.turn ?? 0}`;
  }
}

/** A delta that does not tell the truth could not be told from one that does: lies are for listings. */
function honest({ lie: _, ...habits }: DocumentHabits): DocumentHabits {
  return habits;
}
