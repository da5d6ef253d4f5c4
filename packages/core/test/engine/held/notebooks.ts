import { type DocumentHabits, type SyntheticDocuments, syntheticDocuments } from "@syncer/testkit";
import {
  type AnyCollection,
  type AnyProvider,
  type Collections,
  createSyncEngine,
  defineProvider,
  memoryStorage,
  type PairReport,
  type SyncOptions,
  tableNames,
} from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { only } from "../support/bench.ts";

export const USER = { userId: "user-1" } as const;

/** The names of the notebooks that each service has; their ids hold an address. */
const NAMES = ["work", "home"] as const;
type Name = (typeof NAMES)[number];

export function idOfBook(name: Name): string {
  return `jo.doe@example.org/${name}`;
}

/** A service with two notebooks. A note of either may have the id of one of the other. */
export class Notebooks {
  readonly name: string;
  readonly books: Readonly<Record<Name, SyntheticDocuments>>;

  constructor(name: string, clock: VirtualClock, habits: Partial<DocumentHabits>) {
    this.name = name;
    const book = () => syntheticDocuments({ name, clock, habits });
    this.books = { work: book(), home: book() };
  }

  provider(): AnyProvider {
    const single = this.books.work.provider();
    const documents = new Map(NAMES.map((book) => [idOfBook(book), documentsOf(this.books[book].provider())] as const));
    const of = (id: string) => {
      const collection = documents.get(id);
      if (!collection?.write) throw new TypeError("no such notebook");
      return { read: collection.read, write: collection.write };
    };
    const { read, write, kind, scopes, toUniversal } = documentsOf(single);
    if (!write) throw new TypeError("not writable");
    const notes: Extract<AnyCollection, { readonly shape: "held-documents" }> = {
      shape: "held-documents",
      kind,
      scopes,
      toUniversal,
      containers: {
        async *list() {
          for (const book of NAMES) yield [{ id: idOfBook(book), name: book, access: "write" }];
        },
      },
      read: {
        ...read,
        list: (session, id, options) => of(id).read.list(session, options),
        get: (session, id, note) => of(id).read.get(session, note),
        changes: (session, id, token, options) => {
          const { changes } = of(id).read;
          if (!changes) throw new TypeError("no deltas");
          return changes(session, token, options);
        },
        probe: { exact: false, read: async () => ({ fingerprint: "" }) },
      },
      write: {
        ...write,
        create: (session, id, request) => of(id).write.create(session, request),
        update: (session, id, request) => of(id).write.update(session, request),
        delete: (session, id, request) => of(id).write.delete(session, request),
      },
    };
    const { name, displayName, category, authorization, transport, dataPolicy, profile, health } = single;
    const parts = { name, displayName, category, authorization, transport, dataPolicy, profile, health };
    return defineProvider<Record<never, unknown>, string, Collections<Record<never, unknown>>>({
      contractVersion: 1,
      ...parts,
      items: {},
      collections: { notes },
    });
  }
}

function documentsOf({ collections }: AnyProvider): Extract<AnyCollection, { readonly shape: "documents" }> {
  const { notes } = collections;
  if (notes?.shape !== "documents") throw new TypeError("not documents");
  return notes;
}

/** Two services with two notebooks each. */
export class NotebooksBench {
  readonly clock = virtualClock();
  readonly storage = memoryStorage();
  readonly left = new Notebooks("left", this.clock, { deltas: "told" });
  readonly right = new Notebooks("right", this.clock, { deltas: "told" });

  engine() {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("these services need no network")),
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  async connectionId(service: string): Promise<string> {
    return (await this.engine().connections.list({ ...USER, service }))[0]?.id ?? "";
  }

  request(from: readonly [service: string, book: Name], to: readonly [service: string, book: Name]) {
    const side = ([service, book]: readonly [string, Name]) => ({ service, container: idOfBook(book) });
    return {
      ...USER,
      pairs: [{ source: side(from), target: side(to), mode: "bidirectional" as const }],
      type: "notes",
      options: {} as SyncOptions,
    };
  }

  async sync(...sides: Parameters<NotebooksBench["request"]>): Promise<PairReport> {
    await this.clock.advance(60_000);
    return only(await this.engine().sync(this.request(...sides)));
  }

  async dump(): Promise<string> {
    return JSON.stringify(await Promise.all(tableNames.map((table) => this.storage.select({ table }))));
  }
}
