import {
  type DocumentAnswer,
  type DocumentCollection,
  type DocumentReader,
  type DocumentState,
  type DocumentWriter,
  type ListedDocument,
  ServiceError,
} from "@syncer/core";
import type { DocumentHabits, NativeNote, Note } from "../../../src/index.ts";
import type { Mutant } from "./make-mutant.ts";
import { createNotesHarness } from "./notes-harness.ts";

type Writer = DocumentWriter<NativeNote, Note>;
type Reader = DocumentReader<NativeNote>;
type Notes = DocumentCollection<NativeNote, Note> & { readonly write: Writer };
type State = DocumentState<NativeNote>;

let unsteady = 0;

/** A provider of documents with one thing wrong. */
function inNotes(
  flaw: string,
  caughtBy: Mutant["caughtBy"],
  change: (notes: Notes) => Partial<Notes>,
  habits: Partial<DocumentHabits> = {},
): Mutant {
  return {
    flaw,
    caughtBy,
    create() {
      const harness = createNotesHarness(habits);
      const notes = harness.provider.collections.notes as Notes;
      const collections = { notes: { ...notes, ...change(notes) } };
      return { ...harness, provider: { ...harness.provider, collections } };
    },
  };
}

function inReads(
  flaw: string,
  caughtBy: Mutant["caughtBy"],
  change: (read: Reader) => Partial<Reader>,
  habits: Partial<DocumentHabits> = {},
): Mutant {
  return inNotes(flaw, caughtBy, ({ read }) => ({ read: { ...read, ...change(read) } }), habits);
}

function inWrites(
  flaw: string,
  caughtBy: Mutant["caughtBy"],
  change: (write: Writer, notes: Notes) => Partial<Writer>,
  habits: Partial<DocumentHabits> = {},
): Mutant {
  return inNotes(flaw, caughtBy, (notes) => ({ write: { ...notes.write, ...change(notes.write, notes) } }), habits);
}

/** Shows every document otherwise, wherever it is shown. */
function inStates(
  flaw: string,
  caughtBy: Mutant["caughtBy"],
  change: (state: State) => Partial<State>,
  habits: Partial<DocumentHabits> = {},
): Mutant {
  const changed = <T extends State>(state: T): T => ({ ...state, ...change(state) });
  return inNotes(
    flaw,
    caughtBy,
    ({ read, write }) => ({
      read: {
        ...read,
        ...inRows(read, (row) => (row.state === "listed" ? changed(row) : row)),
        get: async (session, id) => {
          const answer = await read.get(session, id);
          return answer.state === "found" ? changed(answer) : answer;
        },
      },
      write: {
        ...write,
        create: async (session, request) => changed(await write.create(session, request)),
        update: async (session, request) => changed(await write.update(session, request)),
      },
    }),
    habits,
  );
}

function inRows(
  { list }: Reader,
  change: (row: ListedDocument<NativeNote>, index: number) => ListedDocument<NativeNote>,
): Pick<Reader, "list"> {
  return {
    async *list(session, options) {
      for await (const page of list(session, options)) yield { ...page, entries: page.entries.map(change) };
    },
  };
}

const isNotFound = (error: unknown) => error instanceof ServiceError && error.failure.kind === "not-found";
const made: State = { id: "paper-1", native: { key: "paper-1" } };

export const documentMutants: readonly Mutant[] = [
  // Definition and mapping
  inNotes("a field that no note has", ["names fields"], () => ({ fields: ["colour" as keyof Note] })),
  inNotes("documents that are none", ["maps every document"], () => ({ toUniversal: () => ({ title: 7 as never }) })),
  inNotes("a mapping that leaves its mark", ["maps documents without"], ({ toUniversal }) => ({
    toUniversal(native) {
      Object.assign(native, { heading: `${native.heading}!` });
      return toUniversal(native);
    },
  })),
  inNotes(
    "a mapping that forgets a field",
    ["shows what the user wrote", "creates a document", "shows what the user changed"],
    ({ toUniversal }) => ({
      toUniversal: (native) => {
        const { lines: _, ...note } = toUniversal(native);
        return note;
      },
    }),
  ),
  inNotes("fields that it says it cannot hold", ["shows what the user wrote"], () => ({ fields: ["title"] }), {
    fields: ["title", "tags"],
  }),

  // Reading
  inReads("numbers its rows", ["names the same documents", "gives a document by id"], (read) =>
    inRows(read, (row) => {
      unsteady += 1;
      return row.state === "listed" ? { ...row, id: `row-${unsteady}` } : row;
    }),
  ),
  inReads("asks twice", ["gives a document by id"], ({ get }) => ({
    get: async (session, id) => {
      await get(session, id);
      return get(session, id);
    },
  })),
  inReads("throws for an unknown id", ["says of an id that is of no document"], ({ get }) => ({
    get: async (session, id) => {
      const answer = await get(session, id);
      if (answer.state === "gone") throw new TypeError("no such document");
      return answer;
    },
  })),
  inReads("takes every failure for the end of a document", ["says of no document that it is gone"], ({ get }) => ({
    get: (session, id) => get(session, id).catch(() => ({ state: "gone" as const })),
  })),
  inReads(
    "remembers what was deleted",
    ["says of what the user deleted", "deletes a document"],
    ({ get, list, ...read }) => {
      const seen = new Map<string, DocumentAnswer<NativeNote>>();
      return {
        ...inRows({ ...read, get, list }, (row) => {
          if (row.state === "listed") seen.set(row.id, { ...row, state: "found" });
          return row;
        }),
        get: async (session, id) => {
          const answer = await get(session, id);
          if (answer.state === "found") seen.set(id, answer);
          return seen.get(id) ?? { state: "found", ...made, id };
        },
      };
    },
  ),
  inStates("has one version for ever", ["shows what the user changed", "gives another version"], () => ({
    version: '"1"',
  })),
  inStates("tells times in seconds", ["says in milliseconds when a document"], ({ modifiedAtMs = 0 }) => ({
    modifiedAtMs: modifiedAtMs / 1_000,
  })),
  inReads(
    "has one fingerprint for ever",
    ["finds another fingerprint by an exact probe when a document"],
    () => ({ probe: { exact: true, read: async () => ({ fingerprint: "1" }) } }),
    { probe: "exact" },
  ),
  inReads("says the time of another day", ["says in milliseconds when a document"], ({ list }) => ({
    async *list(session, options) {
      for await (const page of list(session, options)) yield { ...page, serverTimeMs: 0 };
    },
  })),

  // Writing
  inWrites("reads after creating", ["creates a document"], ({ create }, { read }) => ({
    async create(session, request) {
      const state = await create(session, request);
      await read.get(session, state.id);
      return state;
    },
  })),
  inWrites("answers with what was sent", ["creates a document", "changes the given fields"], ({ create, update }) => ({
    create: async (session, request) => ({ id: (await create(session, request)).id, native: made.native }),
    update: async (session, request) => ({ id: (await update(session, request)).id, native: made.native }),
  })),
  inWrites("makes a document at every attempt", ["makes one document of a creation"], ({ create }) => ({
    create(session, { item }) {
      unsteady += 1;
      return create(session, { item, operationId: `${unsteady}`.padStart(40, "0") });
    },
  })),
  inWrites(
    "refuses what has an id that nobody can know",
    ["makes one document of a creation that is repeated", "makes one document of a creation whose answer"],
    ({ create }) => ({
      async create(session, request) {
        const answer = await create(session, request);
        unsteady += 1;
        return { ...answer, id: `paper-${unsteady}` };
      },
    }),
    { repeats: "answered" },
  ),
  inStates("forgets its marker", ["keeps the operation"], () => ({ marker: "another" }), { identity: "marker" }),
  inWrites("empties what is not given", ["changes the given fields"], ({ update }) => ({
    update: (session, request) => update(session, { ...request, item: { body: "", lines: [], ...request.item } }),
  })),
  inWrites("leaves out what is empty", ["empties sets and lists"], ({ update }) => ({
    update: (session, { item, ...request }) =>
      update(session, {
        ...request,
        item: Object.fromEntries(
          Object.entries(item).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
        ),
      }),
  })),
  inWrites("writes whatever the version", ["refuses to change or delete"], ({ update, delete: remove }) => ({
    update: (session, { ifVersion: _, ...request }) => update(session, request),
    delete: (session, { ifVersion: _, ...request }) => remove(session, request),
  })),
  inWrites("deletes whatever the version", ["refuses to change or delete"], ({ delete: remove }) => ({
    delete: (session, { ifVersion: _, ...request }) => remove(session, request),
  })),
  inWrites("deletes nothing", ["deletes a document"], () => ({ delete: async () => {} })),
  inWrites(
    "takes what is not there for done",
    ["finds nothing to change", "deletes a document"],
    ({ update, delete: remove }) => ({
      update: (session, request) =>
        update(session, request).catch((error: unknown) => {
          if (isNotFound(error)) return made;
          throw error;
        }),
      delete: (session, request) =>
        remove(session, request).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        }),
    }),
  ),
  inWrites(
    "says written whatever happens",
    [/^says of no document that it was written when/],
    ({ create, update, delete: remove }) => ({
      create: (session, request) => create(session, request).catch(() => made),
      update: (session, request) => update(session, request).catch(() => made),
      delete: (session, request) => remove(session, request).catch(() => {}),
    }),
  ),
];
