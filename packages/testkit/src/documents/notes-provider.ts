import {
  type AnyProvider,
  type ChangesOptions,
  type CollectionProbe,
  type Collections,
  type DocumentAnswer,
  type DocumentCollection,
  type DocumentPage,
  type DocumentState,
  type DocumentWriter,
  defineProvider,
  type ListedDocument,
  MalformedAnswerError,
  type ProviderTransport,
  type Session,
} from "@syncer/core";
import { inventedPolicy } from "../synthetic/definition.ts";
import { longestLagMs } from "../synthetic/lag.ts";
import type { DocumentHabits } from "./habits.ts";
import { type NativeNote, type NativeRow, toUniversalNote } from "./native-note.ts";
import { type Note, type NoteField, noteFields, noteKind, noteSchema } from "./note.ts";
import type { CreateCall, DeleteCall, NativeAnswer, NativePage, PageRequest, UpdateCall } from "./note-service.ts";

/** How a provider reaches the service: in this process, or over a wire. */
export interface NotesApi {
  page(session: Session, request: PageRequest): Promise<NativePage>;
  get(session: Session, id: string): Promise<NativeAnswer>;
  probe(session: Session): Promise<{ readonly rows: number; readonly revision: string }>;
  create(session: Session, call: CreateCall): Promise<NativeRow>;
  update(session: Session, call: UpdateCall): Promise<NativeRow>;
  delete(session: Session, call: DeleteCall): Promise<void>;
  profile(session: Session): Promise<{ readonly externalId: string }>;
  health(session: Session): Promise<void>;
}

export interface NotesProviderOptions {
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly transport: ProviderTransport;
  readonly api: NotesApi;
  /** Of now; what is declared is fixed with them. */
  readonly habits: DocumentHabits;
  /** Of any later moment. */
  readonly habitsNow: () => DocumentHabits;
}

export function notesProvider(options: NotesProviderOptions): AnyProvider {
  const { name, type, category, transport, api, habits } = options;
  return defineProvider<Record<never, unknown>, string, Collections<Record<never, unknown>>>({
    contractVersion: 1,
    name,
    displayName: name,
    category,
    authorization: { kind: "none" },
    transport,
    items: {},
    collections: { [type]: notesCollection(options) },
    profile: (session) => api.profile(session),
    health: async (session) => {
      await api.health(session);
      return { status: "healthy" };
    },
    dataPolicy: inventedPolicy,
    itemIds: habits.ids,
  });
}

function notesCollection(options: NotesProviderOptions): DocumentCollection<NativeNote, Note> {
  const { name, api, habits } = options;
  return {
    shape: "documents",
    kind: noteKind,
    scopes: { read: [], write: [] },
    toUniversal: toUniversalNote,
    ...(habits.fields ? { fields: habits.fields } : {}),
    read: {
      pageSize: habits.pageSize,
      totals: habits.totals === "exact" ? "exact" : "inexact",
      list: (session, { pageSize = habits.pageSize }) => list(options, session, { size: pageSize }),
      ...(habits.deltas === "told"
        ? {
            changes: (session, since, { pageSize: size = habits.pageSize, isKnown }) =>
              list(options, session, { size, since }, isKnown),
          }
        : {}),
      get: async (session, id) => answered(name, await api.get(session, id)),
      ...(habits.probe === "none" ? {} : { probe: probe(options, habits.probe === "exact") }),
    },
    write: writer(options),
  };
}

async function* list(
  { name, api, habitsNow }: NotesProviderOptions,
  session: Session,
  request: PageRequest,
  isKnown: ChangesOptions["isKnown"] = () => false,
): AsyncIterable<DocumentPage<NativeNote>> {
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await api.page(session, { ...request, ...(token === undefined ? {} : { token }) });
    const { next, total, revision, since, serverTimeMs } = page;
    yield {
      entries: page.rows.map(listed).filter((row) => !isInKnownVersion(row, isKnown)),
      ...(total === undefined ? {} : { total }),
      ...(revision !== undefined ? { fingerprint: revision } : {}),
      ...(since === undefined ? {} : { token: since }),
      ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
    };
    if (next === undefined) return;
    if (seen.has(next) && habitsNow().noticesLoops)
      throw new MalformedAnswerError(name, "/list", "a page token repeats");
    seen.add(next);
    token = next;
  }
}

function isInKnownVersion(row: ListedDocument<NativeNote>, isKnown: NonNullable<ChangesOptions["isKnown"]>): boolean {
  return row.state === "listed" && row.version !== undefined && isKnown(row.id, row.version);
}

function listed(row: NativeRow): ListedDocument<NativeNote> {
  switch (row.row) {
    case "note":
      return { state: "listed", ...stateOf(row) };
    case "deleted": {
      const { id, deletedAtMs } = row;
      return { state: "deleted", id, ...(deletedAtMs === undefined ? {} : { deletedAtMs }) };
    }
    case "unreadable":
      return { state: "unreadable", ...(row.id === undefined ? {} : { id: row.id }) };
    case "foreign":
      return { state: "unsyncable", id: row.id, reason: row.reason };
  }
}

function answered(name: string, row: NativeAnswer): DocumentAnswer<NativeNote> {
  if (row.row === "note") return { state: "found", ...stateOf(row) };
  if (row.row === "deleted") {
    return { state: "gone", ...(row.deletedAtMs === undefined ? {} : { deletedAtMs: row.deletedAtMs }) };
  }
  throw new MalformedAnswerError(name, "/get", "a document without content");
}

function written(name: string, row: NativeRow): DocumentState<NativeNote> {
  if (row.row === "note") return stateOf(row);
  throw new MalformedAnswerError(name, "/write", "a document without content");
}

function stateOf({
  id,
  note,
  version,
  modifiedAtMs,
  marker,
}: NativeRow & { readonly row: "note" }): DocumentState<NativeNote> {
  return {
    id,
    native: note,
    ...(version === undefined ? {} : { version }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    ...(marker === undefined ? {} : { marker }),
  };
}

function probe({ api }: NotesProviderOptions, exact: boolean): CollectionProbe {
  return {
    exact,
    async read(session) {
      const { rows, revision } = await api.probe(session);
      return { rows, fingerprint: revision };
    },
  };
}

function writer({ name, api, habits, habitsNow }: NotesProviderOptions): DocumentWriter<NativeNote, Note> {
  const fields = habits.fields ?? noteFields;
  return {
    consistencyWindowMs: longestLagMs(habits.lag),
    preconditions: habits.preconditions,
    identity: habits.identity,
    ...(habits.verbatim ? { verbatim: true } : {}),
    ...(habits.maxItems === undefined ? {} : { maxItems: habits.maxItems }),
    async create(session, { item, operationId }) {
      ensureWritable(name, item, fields);
      ensureOperationId(operationId);
      return written(name, await api.create(session, { fields: item, operationId }));
    },
    async update(session, { id, item, operationId, previous, ifVersion }) {
      ensureWritable(name, item, fields);
      if (item.uid !== undefined) throw new RangeError(`${name} is to change a uid, which stays what it is`);
      ensureOperationId(operationId);
      const whole = habitsNow().updates === "replace" ? { ...toUniversalNote(previous), ...item } : item;
      const call = { id, fields: whole, operationId, ...(ifVersion === undefined ? {} : { ifVersion }) };
      return written(name, await api.update(session, call));
    },
    async delete(session, { id, operationId, ifVersion }) {
      ensureOperationId(operationId);
      await api.delete(session, { id, operationId, ...(ifVersion === undefined ? {} : { ifVersion }) });
    },
  };
}

/** The contract's promises to a provider are checked: who breaks them is told at once, and nothing is sent. */
function ensureWritable(name: string, item: Note, fields: readonly NoteField[]): void {
  const parsed = noteSchema.safeParse(item);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new RangeError(`${name} is to write what is no note: ${problems.join("; ")}`);
  }
  const held = new Set<string>(fields);
  const foreign = Object.keys(item).filter((field) => !held.has(field));
  if (foreign.length > 0) throw new RangeError(`${name} is to write ${foreign.join(", ")}, which it cannot hold`);
}

function ensureOperationId(operationId: string): void {
  if (!/^[0-9A-Za-z._-]{40,60}$/.test(operationId)) throw new RangeError(`"${operationId}" is no operation id`);
}
