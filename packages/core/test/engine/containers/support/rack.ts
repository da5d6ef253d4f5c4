import {
  type AnyProvider,
  type ContainerFacts,
  type DocumentPage,
  type DocumentState,
  defineProvider,
  type ListedEntry,
  type ListPage,
  type OrderedAnswer,
  type OrderedWriter,
  OutcomeUnknownError,
  type PlaylistDetails,
  playlistKind,
  serviceError,
} from "../../../../src/index.ts";
import { inventedAnswers, inventedCatalogue, type Passing } from "../../support/invented-service.ts";
import type { Recording } from "../../support/recordings.ts";

/** A playlist of a rack. Entries are ids; `null` is what was withdrawn without a trace. */
export interface RackList {
  readonly id: string;
  name: string;
  description: string;
  /** Undefined: the service does not say. */
  public: boolean | undefined;
  access: ContainerFacts["access"];
  shows?: string;
  entries: (string | null)[];
  version: number;
}

/** What a rack can do to the order of a list. */
export type RackStyle = "ranges" | "whole-order";

/**
 * One account's playlists at an invented service that needs no network. `ranges` moves, inserts anywhere and keeps
 * copies; `whole-order` appends, orders in one call and holds each item once. Both remove all copies of what they are told.
 */
export class Rack {
  readonly name: string;
  readonly catalogue: ReadonlyMap<string, Recording>;
  readonly lists = new Map<string, RackList>();
  readonly style: RackStyle;
  passing: Passing = () => {};
  /** Ids that the service does not take. */
  readonly refused = new Set<string>();
  /** What a service that answers for each entry says of an id that it does not put there; by id. */
  readonly answers = new Map<string, "not-found" | "refused" | "unknown">();
  /** Ids that the service withdrew: unknown by id. */
  readonly takenDown = new Set<string>();
  /** Ids that the service lists without content, and does not take again. */
  readonly unreadable = new Set<string>();
  /** Listings show what was there before the last changes. */
  stale: ReadonlyMap<string, readonly (string | null)[]> | undefined;
  /** A removal takes the entries at the places that it is told. */
  removesEntries = false;
  /** Ids of lists that the service does not let anybody write any more. */
  readonly forbidden = new Set<string>();
  /** Places from which on a listing leaves three entries out, although it counts them. */
  gapAt: number | undefined;
  maxItems: number | undefined;
  /** Writes name the version that they are meant for. */
  conditional = false;
  /** Characters that a name may have. */
  longestName = 500;
  consistencyWindowMs = 0;
  perCall = 100;
  /** Calls by kind. */
  readonly calls: Record<string, number> = {};
  #made = 0;

  constructor(name: string, recordings: readonly Recording[], style: RackStyle) {
    this.name = name;
    this.style = style;
    this.catalogue = new Map(recordings.map((recording) => [recording.id, recording]));
  }

  put(name: string, entries: readonly (string | null)[], more: Partial<RackList> = {}): RackList {
    const id = more.id ?? `${this.name}-list-${++this.#made}`;
    const list: RackList = {
      id,
      name,
      description: "",
      public: false,
      access: "owned",
      entries: [...entries],
      version: 1,
      ...more,
    };
    this.lists.set(id, list);
    return list;
  }

  /** The user's own change of a list. */
  edit(list: RackList, change: (entries: (string | null)[]) => void): void {
    change(list.entries);
    list.version++;
  }

  named(name: string): RackList {
    const found = [...this.lists.values()].filter((list) => list.name === name);
    const [list, another] = found;
    if (!list || another) throw new Error(`${found.length} lists are called ${name}`);
    return list;
  }

  provider(): AnyProvider {
    const write = this.#writer();
    return defineProvider({
      ...inventedAnswers(this.name),
      collections: {
        playlists: {
          shape: "containers",
          kind: playlistKind,
          scopes: { read: [], write: [] },
          toUniversal: ({ name, description, public: isPublic }: RackList): PlaylistDetails => ({
            name,
            description,
            ...(isPublic === undefined ? {} : { public: isPublic }),
          }),
          facts: ({ access, shows, version, entries }: RackList): ContainerFacts => ({
            access,
            ...(shows === undefined ? {} : { shows }),
            contentsVersion: `${version}`,
            size: entries.length,
          }),
          read: {
            pageSize: 50,
            totals: "exact",
            list: () => this.#listContainers(),
            get: async (_session, id) => {
              this.#call("get-list");
              const list = this.lists.get(id);
              return list ? { state: "found", ...this.#stateOf(list) } : { state: "gone" };
            },
          },
          write: {
            consistencyWindowMs: this.consistencyWindowMs,
            preconditions: this.conditional ? "conditional" : "none",
            identity: "none",
            ...(this.style === "whole-order" ? { createLacks: ["public"] as const } : {}),
            create: async (_session, { item }) => {
              this.#call("create");
              this.#assertShort(item.name);
              const list = this.put(item.name ?? "", [], {
                ...(item.description === undefined ? {} : { description: item.description }),
                // Such a service shows every new list to everybody.
                ...(this.style === "whole-order" ? { public: true } : {}),
                ...(this.style === "whole-order" || item.public === undefined ? {} : { public: item.public }),
              });
              this.passing("after", `${this.name}.create`);
              return this.#stateOf(list);
            },
            update: async (_session, { id, item, ifVersion }) => {
              this.#call("update");
              this.#assertShort(item.name);
              const list = this.#own(id);
              if (ifVersion !== undefined && ifVersion !== `${list.version}`) throw this.#error("version-moved");
              Object.assign(list, item);
              list.version++;
              return this.#stateOf(list);
            },
            delete: async (_session, { id }) => {
              this.#call("delete");
              this.#own(id);
              this.lists.delete(id);
            },
          },
          contents: {
            shape: "ordered",
            kind: "track",
            read: { pageSize: 3, totals: "exact", list: (_session, id) => this.#listEntries(id) },
            write,
          },
        },
      },
      catalogues: {
        track: inventedCatalogue(this.catalogue, { takenDown: this.takenDown, pass: (what) => this.#call(what) }),
      },
    });
  }

  /** Calls that write to what lists hold. */
  get writes(): number {
    return ["insert", "remove", "move", "order"].reduce((sum, kind) => sum + (this.calls[kind] ?? 0), 0);
  }

  #call(kind: string): void {
    this.calls[kind] = (this.calls[kind] ?? 0) + 1;
    this.passing("before", `${this.name}.${kind}`);
  }

  async *#listContainers(): AsyncIterable<DocumentPage<RackList>> {
    this.#call("list-lists");
    const all = [...this.lists.values()];
    yield { entries: all.map((list) => ({ state: "listed" as const, ...this.#stateOf(list) })), total: all.length };
  }

  async *#listEntries(id: string): AsyncIterable<ListPage<Recording>> {
    const entries = [...(this.stale?.get(id) ?? this.#known(id).entries)];
    for (let start = 0; start === 0 || start < entries.length; start += 3) {
      this.#call("list");
      if (start === this.gapAt) continue;
      yield { entries: entries.slice(start, start + 3).map((entry) => this.#entry(entry)), total: entries.length };
    }
  }

  #entry(id: string | null): ListedEntry<Recording> {
    const native = id === null ? undefined : this.catalogue.get(id);
    if (id === null) return { state: "unreadable" };
    if (this.unreadable.has(id)) return { state: "unreadable", id };
    return native ? { state: "listed", id, native } : { state: "unsyncable", id, reason: "local-file" };
  }

  #writer(): OrderedWriter {
    const perCall = { insert: this.perCall, remove: this.perCall };
    const common = {
      consistencyWindowMs: this.consistencyWindowMs,
      versionLagMs: 0,
      ...(this.maxItems === undefined ? {} : { maxItems: this.maxItems }),
      insert: async (_session: unknown, id: string, ids: readonly string[], at?: number) =>
        await this.#change("insert", id, (list) => this.#insert(list, ids, at)),
      remove: async (_session: unknown, id: string, entries: readonly { readonly id: string; readonly at: number }[]) =>
        await this.#change("remove", id, (list) => {
          const [gone, places] = [new Set(entries.map((entry) => entry.id)), new Set(entries.map(({ at }) => at))];
          list.entries = list.entries.filter((entry, place) =>
            this.removesEntries ? !places.has(place) : entry === null || !gone.has(entry),
          );
          return entries.map((entry) => ({ id: entry.id, result: "written" as const }));
        }),
    };
    if (this.style === "whole-order") {
      return {
        ...common,
        copies: "once",
        capability: { moves: "whole-order", insert: "end", remove: "token", perCall },
        order: async (_session, id, ids) =>
          await this.#change("order", id, (list) => {
            if ([...ids].sort().join() !== list.entries.map(String).sort().join()) throw this.#error("invalid");
            list.entries = [...ids];
            return [];
          }),
      };
    }
    return {
      ...common,
      copies: "kept",
      capability: {
        moves: "range",
        insert: "anywhere",
        remove: this.removesEntries ? "entry" : "token",
        perCall,
      },
      move: async (_session, id, { start, length, before }) =>
        await this.#change("move", id, (list) => {
          const moved = list.entries.splice(start, length);
          list.entries.splice(before > start ? before - length : before, 0, ...moved);
          return [];
        }),
    };
  }

  async #change(
    kind: string,
    id: string,
    effect: (list: RackList) => OrderedAnswer["outcomes"],
  ): Promise<OrderedAnswer> {
    await Promise.resolve();
    this.#call(kind);
    const list = this.#known(id);
    if (list.access === "followed") throw this.#error("invalid");
    if (this.forbidden.has(id)) throw serviceError(this.name, "/lists", 403, { kind: "forbidden", reason: "theirs" });
    const outcomes = effect(list);
    list.version++;
    this.passing("after", `${this.name}.${kind}`);
    return { outcomes, version: `${list.version}` };
  }

  #insert(list: RackList, ids: readonly string[], at: number | undefined): OrderedAnswer["outcomes"] {
    if (at !== undefined && this.style === "whole-order") throw new RangeError("entries can be appended only");
    if (ids.length > this.perCall) throw new RangeError(`a batch of ${ids.length} is too large`);
    if (ids.some((id) => this.refused.has(id) || this.unreadable.has(id))) throw this.#error("invalid");
    if (this.style === "whole-order" && new Set([...list.entries, ...ids]).size < list.entries.length + ids.length) {
      throw this.#error("already-there");
    }
    if (this.maxItems !== undefined && list.entries.length + ids.length > this.maxItems) {
      throw this.#error("collection-full");
    }
    list.entries.splice(at ?? list.entries.length, 0, ...ids.filter((id) => !this.answers.has(id)));
    return ids.map((id) => ({ id, result: this.answers.get(id) ?? "written" }));
  }

  #known(id: string): RackList {
    const list = this.lists.get(id);
    if (!list) throw this.#error("not-found");
    return list;
  }

  #stateOf(list: RackList): DocumentState<RackList> {
    const { id, version } = list;
    return { id, native: structuredClone(list), ...(this.conditional ? { version: `${version}` } : {}) };
  }

  #assertShort(name = ""): void {
    if (name.length > this.longestName) throw this.#error("invalid");
  }

  #own(id: string): RackList {
    const list = this.#known(id);
    if (list.access !== "owned") throw new RangeError(`the list ${list.name} is not the user's`);
    return list;
  }

  #error(kind: "invalid" | "already-there" | "collection-full" | "not-found" | "version-moved") {
    return serviceError(this.name, "/lists", 400, kind === "invalid" ? { kind, reason: "refused" } : { kind });
  }
}

/** Thrown after a call has taken effect: nobody hears of it. */
export function lostAnswer(service: string): OutcomeUnknownError {
  return new OutcomeUnknownError(service, "/lists");
}
