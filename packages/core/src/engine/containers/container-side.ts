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
import type { StorageAdapter } from "../../ports/index.ts";
import { readDocumentLinks } from "../documents/document-links.ts";
import type { Side } from "../plans/plan.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import { CopiedNames, type CopiedNamesOptions } from "./copied-names.ts";
import { asHidden, hide, isShown } from "./hidden-containers.ts";
import type { ReadName } from "./name-prefix.ts";
import type { Selectable } from "./scope.ts";

// biome-ignore lint/suspicious/noExplicitAny: native types are the provider's own; only its own functions ever see them
export type AnyContainers = ContainerCollection<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyDocuments = DocumentCollection<any, any>;

interface Visible {
  readonly public?: boolean;
}

/** What a listing told of one container. */
export interface ToldContainer {
  readonly facts: ContainerFacts;
  readonly name?: ReadName;
}

/**
 * The containers of one side of a run, as documents, with what the last listing told of each. Their names are those without
 * a prefix.
 */
export class ContainerSide {
  readonly collection: AnyContainers;
  /** Somebody else's, and what shows another collection, come as what cannot be synced. */
  readonly documents: AnyDocuments;
  readonly #ids: CopiedNamesOptions["ids"];
  readonly #names: CopiedNames;
  /** By stored key; absent until a listing came to its end. */
  #told: Map<string, ToldContainer> | undefined;
  /** What was made by us since. */
  readonly #made = new Map<string, ToldContainer>();

  constructor(options: CopiedNamesOptions) {
    const { collection, ids } = options;
    this.collection = collection;
    this.#ids = ids;
    this.#names = new CopiedNames(options);
    const { shape: _, facts: __, contents: ___, ...rest } = collection;
    this.documents = {
      ...rest,
      shape: "documents",
      kind: { ...collection.kind, matchKey: nameKey },
      toUniversal: (native) => this.#names.toUniversal(native),
      read: {
        ...collection.read,
        list: (session, options) => this.#list(session, options),
        get: async (session, id) => {
          const answer = await collection.read.get(session, id);
          if (answer.state === "found") await this.#names.note(answer);
          return answer;
        },
      },
      ...(collection.write ? { write: this.#ownOnly(collection.write) } : {}),
    };
  }

  /** What the last listing that came to its end told of a container, by the service's id. */
  facts(id: string): ContainerFacts | undefined {
    return this.told(this.#ids.key(id))?.facts;
  }

  /** The same, with its name, by the stored key. */
  told(key: string): ToldContainer | undefined {
    return this.#told?.get(key);
  }

  /** The same, as far as a selection asks. */
  selectable(key: string): Selectable | undefined {
    const told = this.told(key);
    if (!told) return undefined;
    const { facts, name } = told;
    return {
      isOwned: facts.access === "owned",
      ...(name ? { name: name.core } : {}),
      ...(facts.size === undefined ? {} : { size: facts.size }),
    };
  }

  /** Whether a listing came to its end, so that what is not in it is not there. */
  get isListed(): boolean {
    return this.#told !== undefined;
  }

  /** What a copy is to be called that carries an earlier prefix, by the stored key; `undefined`: its name may stay. */
  nameInstead(key: string): string | undefined {
    const name = this.told(key)?.name;
    return name && this.#names.insteadOf(name);
  }

  /** What nobody has said to be public is not made so by a copy. */
  async #createHidden(
    write: NonNullable<AnyDocuments["write"]>,
    session: Session,
    asked: CreateDocument<Visible>,
  ): Promise<DocumentState<unknown>> {
    const request = { ...asked, item: this.#names.toWrite(asked.item) };
    const made = await write.create(session, { ...request, item: asHidden(this.collection, request.item) });
    const isAsSaid = request.item.public !== undefined || !isShown(this.collection, made.native);
    return isAsSaid ? made : await hide(this.collection, session, made, request.operationId);
  }

  /** One look at all containers, for what it tells of each. */
  async look(session: Session): Promise<void> {
    for await (const _ of this.#list(session, {})) session.signal.throwIfAborted();
  }

  async *#list(session: Session, options: { readonly pageSize?: number }): AsyncIterable<DocumentPage<unknown>> {
    const told = new Map<string, ToldContainer>();
    for await (const page of this.collection.read.list(session, options)) {
      const entries: ListedDocument<unknown>[] = [];
      for (const entry of page.entries as readonly ListedDocument<unknown>[]) {
        if (entry.state !== "listed") {
          entries.push(entry);
          continue;
        }
        const { shows, access } = await this.#learn(entry, session, told);
        if (shows !== undefined) entries.push({ state: "unsyncable", id: entry.id, reason: "shown-elsewhere" });
        else if (access === "followed") entries.push({ state: "unsyncable", id: entry.id, reason: "followed" });
        else entries.push(entry);
      }
      yield { ...page, entries };
    }
    // A listing may not show yet what we have made meanwhile.
    for (const [key, made] of this.#made) if (!told.has(key)) told.set(key, made);
    this.#told = told;
  }

  async #learn(
    shown: DocumentState<unknown>,
    session: Session,
    told: Map<string, ToldContainer>,
  ): Promise<ContainerFacts> {
    await this.#names.note(shown);
    const facts = this.collection.facts(shown.native, session);
    const name = this.#names.of(shown.native);
    told.set(this.#ids.key(shown.id), { facts, ...(name ? { name } : {}) });
    return facts;
  }

  /** What others share with the user can be filled; to rename or delete it is for its owner. */
  #ownOnly(write: NonNullable<AnyDocuments["write"]>): NonNullable<AnyDocuments["write"]> {
    const assertOwn = async (session: Session, id: string) => {
      if (!this.facts(id)) await this.look(session);
      if (this.facts(id)?.access === "owned") return;
      throw serviceError(session.service, "containers", 0, { kind: "invalid", reason: "not-owned" });
    };
    return {
      ...write,
      create: async (session, request) => {
        const made = await this.#createHidden(write, session, request);
        this.#told ??= new Map();
        await this.#learn(made, session, this.#made);
        for (const [key, each] of this.#made) this.#told.set(key, each);
        return made;
      },
      update: async (session, request) => {
        const { id, previous: native } = request;
        await assertOwn(session, id);
        await this.#names.note({ id, native });
        const item = this.#names.toWrite(request.item, { native });
        const changed = await write.update(session, { ...request, item });
        await this.#names.note(changed);
        return changed;
      },
      delete: async (session, request) => {
        await assertOwn(session, request.id);
        await write.delete(session, request);
        this.#made.delete(this.#ids.key(request.id));
      },
    };
  }
}

function nameKey({ name }: { readonly name?: unknown }): string | undefined {
  return typeof name === "string" ? containerNameKey(name) : undefined;
}

/** @throws {TypeError} the provider lost the collection since the pair was made */
export function openContainers(context: RunContext, { side, provider, ids }: OpenSide): ContainerSide {
  const { pair, parts, typed, inRing } = context;
  const collection = provider.collections[pair.sync_type];
  if (collection?.shape !== "containers") throw new TypeError(`${provider.name} has no such containers`);
  const { now, former } = typed.prefixes[side];
  let linked: Promise<ReadonlyMap<string, number>> | undefined;
  return new ContainerSide({
    collection,
    ids,
    // In a ring each pair would put its own before what the pair before it has made, for ever.
    prefixes:
      inRing && now !== ""
        ? { now: "", former: [{ text: now, untilMs: Number.POSITIVE_INFINITY }, ...former] }
        : { now, former },
    linked: () => {
      linked ??= linkedOn(side, parts.storage, pair.id);
      return linked;
    },
  });
}

async function linkedOn(side: Side, storage: StorageAdapter, pairId: string): Promise<ReadonlyMap<string, number>> {
  const { links } = await readDocumentLinks(storage, pairId, side, 0);
  return new Map(
    [...links.values()].flatMap(({ aId, createdAtMs }) => (aId === undefined ? [] : [[aId, createdAtMs]])),
  );
}
