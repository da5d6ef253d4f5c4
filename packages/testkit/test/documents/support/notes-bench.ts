import type {
  DocumentCollection,
  DocumentPage,
  DocumentState,
  DocumentWriter,
  ListedDocument,
  Session,
} from "@syncer/core";
import {
  type DocumentHabits,
  type FastForwardClock,
  fastForwardClock,
  type NativeNote,
  type Note,
  type SyntheticDocuments,
  syntheticDocuments,
} from "../../../src/index.ts";

type Notes = DocumentCollection<NativeNote, Note> & { readonly write: DocumentWriter<NativeNote, Note> };

/** A service, its clock, and its collection as an engine has it. */
export interface NotesBench {
  readonly clock: FastForwardClock;
  readonly service: SyntheticDocuments;
  /** Declares what the habits are when it is asked for. */
  readonly notes: Notes;
  readonly session: Session;
  pages(): Promise<readonly DocumentPage<NativeNote>[]>;
  rows(): Promise<readonly ListedDocument<NativeNote>[]>;
  ids(): Promise<readonly (string | undefined)[]>;
  /** Creates a note as an engine would. */
  create(item: Note, operation?: string): Promise<DocumentState<NativeNote>>;
  titles(): readonly (string | undefined)[];
}

export function notesBench(habits: Partial<DocumentHabits> = {}): NotesBench {
  const clock = fastForwardClock();
  const service = syntheticDocuments({ name: "paper", clock, habits });
  const session = sessionOf("paper");
  const notes = () => service.provider().collections.notes as Notes;
  const pages = async () => {
    const found: DocumentPage<NativeNote>[] = [];
    for await (const page of notes().read.list(session, {})) found.push(page);
    return found;
  };
  const rows = async () => (await pages()).flatMap(({ entries }) => entries);
  return {
    clock,
    service,
    get notes() {
      return notes();
    },
    session,
    pages,
    rows,
    ids: async () => (await rows()).map(({ id }) => id),
    create: (item, operation = "create") =>
      notes().write.create(session, { item, operationId: operationId(operation) }),
    titles: () => [...service.notes().values()].map(({ title }) => title),
  };
}

export function operationId(name: string): string {
  return name.padEnd(40, "-");
}

export function sessionOf(service: string, signal: AbortSignal = new AbortController().signal): Session {
  const unreachable = () => Promise.reject(new Error("a synthetic service needs no network"));
  return {
    service,
    tenantId: "tenant",
    connectionId: "connection",
    accountId: "me",
    http: { request: unreachable, exchange: unreachable },
    grantedScopes: new Set(),
    signal,
  };
}

/** The kind of failure with which something is refused. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no failure",
    (error: { readonly failure?: { readonly kind: string }; readonly name: string }) =>
      error.failure?.kind ?? error.name,
  );
}
