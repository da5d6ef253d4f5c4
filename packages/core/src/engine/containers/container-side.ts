import {
  type ContainerCollection,
  type ContainerFacts,
  type CreateDocument,
  type DocumentCollection,
  type DocumentPage,
  type DocumentState,
  type ListedDocument,
  type Session,
  serviceError,
} from "../../contract/index.ts";
import { containerNameKey } from "../../matching/index.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";

// biome-ignore lint/suspicious/noExplicitAny: native types are the provider's own; only its own functions ever see them
export type AnyContainers = ContainerCollection<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyDocuments = DocumentCollection<any, any>;

interface Visible {
  readonly public?: boolean;
}

/** The containers of one side of a run, as documents, with what the last listing told of each. */
export class ContainerSide {
  readonly collection: AnyContainers;
  /** Somebody else's, and what shows another collection, come as what cannot be synced. */
  readonly documents: AnyDocuments;
  #facts: Map<string, ContainerFacts> = new Map();

  constructor(collection: AnyContainers) {
    this.collection = collection;
    const { shape: _, facts: __, contents: ___, ...rest } = collection;
    this.documents = {
      ...rest,
      shape: "documents",
      kind: { ...collection.kind, matchKey: nameKey },
      read: { ...collection.read, list: (session, options) => this.#list(session, options) },
      ...(collection.write ? { write: this.#ownOnly(collection.write) } : {}),
    };
  }

  /** What the last listing that came to its end told of a container, by the service's id. */
  facts(id: string): ContainerFacts | undefined {
    return this.#facts.get(id);
  }

  /** What nobody has said to be public is not made so by a copy. */
  async #createHidden(
    write: NonNullable<AnyDocuments["write"]>,
    session: Session,
    request: CreateDocument<Visible>,
  ): Promise<DocumentState<unknown>> {
    if (!("public" in this.collection.kind.fields) || request.item.public !== undefined)
      return await write.create(session, request);
    const made = await write.create(session, { ...request, item: { ...request.item, public: false } });
    const { public: isShown } = this.collection.toUniversal(made.native) as Visible;
    if (isShown !== true) return made;
    const { operationId } = request;
    return await write.update(session, { id: made.id, item: { public: false }, operationId, previous: made.native });
  }

  /** One look at all containers, for what it tells of each. */
  async look(session: Session): Promise<void> {
    for await (const _ of this.#list(session, {})) session.signal.throwIfAborted();
  }

  async *#list(session: Session, options: { readonly pageSize?: number }): AsyncIterable<DocumentPage<unknown>> {
    const facts = new Map<string, ContainerFacts>();
    for await (const page of this.collection.read.list(session, options)) {
      const entries = page.entries.map((entry: ListedDocument<unknown>): ListedDocument<unknown> => {
        if (entry.state !== "listed") return entry;
        const told = this.collection.facts(entry.native, session);
        facts.set(entry.id, told);
        if (told.shows !== undefined) return { state: "unsyncable", id: entry.id, reason: "shown-elsewhere" };
        return told.access === "followed" ? { state: "unsyncable", id: entry.id, reason: "followed" } : entry;
      });
      yield { ...page, entries };
    }
    this.#facts = facts;
  }

  /** What others share with the user can be filled; to rename or delete it is for its owner. */
  #ownOnly(write: NonNullable<AnyDocuments["write"]>): NonNullable<AnyDocuments["write"]> {
    const assertOwn = async (session: Session, id: string) => {
      if (!this.#facts.has(id)) await this.look(session);
      if (this.#facts.get(id)?.access === "owned") return;
      throw serviceError(session.service, "containers", 0, { kind: "invalid", reason: "not-owned" });
    };
    return {
      ...write,
      create: async (session, request) => {
        const made = await this.#createHidden(write, session, request);
        this.#facts.set(made.id, this.collection.facts(made.native, session));
        return made;
      },
      async update(session, request) {
        await assertOwn(session, request.id);
        return await write.update(session, request);
      },
      async delete(session, request) {
        await assertOwn(session, request.id);
        await write.delete(session, request);
      },
    };
  }
}

function nameKey({ name }: { readonly name?: unknown }): string | undefined {
  return typeof name === "string" ? containerNameKey(name) : undefined;
}

/** @throws {TypeError} the provider lost the collection since the pair was made */
export function openContainers({ pair }: Pick<RunContext, "pair">, { provider }: OpenSide): ContainerSide {
  const collection = provider.collections[pair.sync_type];
  if (collection?.shape !== "containers") throw new TypeError(`${provider.name} has no such containers`);
  return new ContainerSide(collection);
}
