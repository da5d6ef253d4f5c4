import {
  type AnyProvider,
  defineProvider,
  type LogPage,
  type LogWriter,
  serviceError,
  type UniversalTrack,
  type WriteOutcome,
} from "../../../../src/index.ts";
import type { Passing } from "../../support/invented-service.ts";
import type { Recording } from "../../support/recordings.ts";

interface Played {
  readonly id: string;
  readonly atMs: number;
}

/** One account's listening history at an invented service that needs no network; `accepts`: entries can be appended. */
export class Player {
  readonly name: string;
  readonly catalogue: ReadonlyMap<string, Recording>;
  readonly accepts: boolean;
  plays: Played[] = [];
  passing: Passing = () => {};
  /** How many of the newest plays are shown, and on one page. */
  depth = 50;
  pageSize = 50;
  batchSize = 3;
  /** Ids that the service does not take. */
  readonly refused = new Set<string>();
  /** What it says of single entries instead of taking them; by id. */
  readonly answers = new Map<string, WriteOutcome["result"]>();
  /** Calls by kind. */
  readonly calls: Record<string, number> = {};

  constructor(name: string, recordings: readonly Recording[], accepts = false) {
    this.name = name;
    this.accepts = accepts;
    this.catalogue = new Map(recordings.map((recording) => [recording.id, recording]));
  }

  provider(): AnyProvider {
    const name = this.name;
    return defineProvider({
      contractVersion: 1,
      name,
      displayName: name,
      category: "music",
      authorization: { kind: "none" },
      transport: {
        rateLimit: { requests: 1_000, perMs: 1_000, concurrency: 3, sharedBy: "user" },
        classify: () => undefined,
      },
      items: {
        track: {
          toUniversal: ({ id, title, isrc }: Recording): UniversalTrack => ({
            title,
            artists: ["The Inventors"],
            durationMs: 180_000,
            isrc,
            externalIds: { [name]: id },
          }),
        },
      },
      collections: {
        recently_played: {
          shape: "log",
          kind: "track",
          scopes: { read: [], write: [] },
          read: {
            pageSize: this.pageSize,
            depth: this.depth,
            list: (_session, { sinceMs = 0 }) => this.#list(sinceMs),
          },
          ...(this.accepts ? { write: this.#writer() } : {}),
        },
      },
      catalogues: {
        track: {
          lookups: {
            isrc: {
              batchSize: 1,
              find: async (_session, keys) => {
                this.#call("lookup");
                const hits = keys.map(
                  (key) => [key, [...this.catalogue.values()].filter(({ isrc }) => isrc === key)] as const,
                );
                return new Map(hits.filter(([, found]) => found.length > 0));
              },
            },
          },
          get: async (_session, id) => {
            this.#call("get");
            const native = this.catalogue.get(id);
            return native ? { state: "available", native } : { state: "unknown-id" };
          },
        },
      },
      profile: async (session) => ({ externalId: session.accountId ?? "somebody" }),
      health: async () => ({ status: "healthy" }),
      dataPolicy: {
        readOn: "2026-11-23",
        idsMayBeKept: "while-connected",
        attribution: "none",
        commercialUse: "allowed",
        newApplications: "anybody",
        notes: [],
      },
    });
  }

  #call(kind: string): void {
    this.calls[kind] = (this.calls[kind] ?? 0) + 1;
    this.passing("before", `${this.name}.${kind}`);
  }

  async *#list(sinceMs: number): AsyncIterable<LogPage<Recording>> {
    const shown = this.plays.toSorted((left, right) => right.atMs - left.atMs).slice(0, this.depth);
    for (let start = 0; start === 0 || start < shown.length; start += this.pageSize) {
      this.#call("list");
      const page = shown.slice(start, start + this.pageSize);
      yield {
        entries: page.map(({ id, atMs }) => {
          const native = this.catalogue.get(id);
          return native ? { state: "listed", id, native, atMs } : { state: "unsyncable", id, reason: "local-file" };
        }),
      };
      if (page.some(({ atMs }) => atMs < sinceMs)) return;
    }
  }

  #writer(): LogWriter {
    return {
      batchSize: this.batchSize,
      append: async (_session, entries) => {
        this.#call("append");
        if (entries.length > this.batchSize) throw new RangeError(`a batch of ${entries.length} is too large`);
        if (entries.some(({ id }) => this.refused.has(id))) {
          throw serviceError(this.name, "/history", 400, { kind: "invalid", reason: "refused" });
        }
        const outcomes = entries.map(({ id, atMs }): WriteOutcome => {
          const told = this.answers.get(id);
          if (told) return { id, result: told };
          if (this.plays.some((play) => play.id === id && play.atMs === atMs)) return { id, result: "already-there" };
          this.plays.push({ id, atMs });
          return { id, result: "written" };
        });
        this.passing("after", `${this.name}.append`);
        return outcomes;
      },
    };
  }
}
