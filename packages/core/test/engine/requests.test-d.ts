import { describe, expectTypeOf, it } from "vitest";
import {
  type AnyProvider,
  type ContainerCollection,
  createSyncEngine,
  type DocumentReader,
  type DocumentWriter,
  defineDocumentKind,
  defineProvider,
  type Encryption,
  type Engine,
  type LogReader,
  type LogWriter,
  type MembershipReader,
  type MembershipWriter,
  type OrderedWriter,
  type PairReport,
  type Plan,
  type PlaylistDetails,
  type StorageAdapter,
  type SyncReport,
} from "../../src/index.ts";

declare const storage: StorageAdapter;
declare const encryption: Encryption;
declare const read: MembershipReader<{ readonly id: string }>;
declare const readLog: LogReader<{ readonly id: string }>;
declare const writeLog: LogWriter;
declare const write: MembershipWriter;
/** Playlists that can be made and filled. */
type SupportsLists = ContainerCollection<{ readonly id: string }, PlaylistDetails, { readonly id: string }> & {
  readonly write: DocumentWriter<{ readonly id: string }, PlaylistDetails>;
  readonly contents: { readonly write: OrderedWriter };
};
declare const common: Omit<AnyProvider, "name" | "collections" | "items" | "catalogues">;
declare const toUniversal: (native: { readonly id: string }) => never;

const base = { shape: "membership", kind: "track", scopes: { read: [], write: [] }, read } as const;
const log = { ...base, shape: "log", read: readLog } as const;
const items = { track: { toUniversal } };

const tunes = defineProvider({ ...common, name: "tunes", items, collections: { favorites: { ...base, write } } });
const discs = defineProvider({ ...common, name: "discs", items, collections: { favorites: { ...base, write } } });
const radio = defineProvider({ ...common, name: "radio", items, collections: { favorites: base } });
const diary = defineProvider({ ...common, name: "diary", items, collections: { recently_played: log } });

interface Memo {
  readonly text?: string;
}
declare const readMemos: DocumentReader<Memo>;
declare const writeMemos: DocumentWriter<Memo, Memo>;
declare const memoSchema: Parameters<typeof defineDocumentKind<Memo>>[0]["schema"];

const memo = defineDocumentKind<Memo>({ name: "memo", schema: memoSchema, fields: { text: "value" } });
const memos = {
  shape: "documents",
  kind: memo,
  scopes: { read: [], write: [] },
  toUniversal: (native: Memo) => native,
  read: readMemos,
} as const;
const desk = defineProvider({
  ...common,
  name: "desk",
  items: {},
  collections: { memos: { ...memos, write: writeMemos } },
});
const pad = defineProvider({
  ...common,
  name: "pad",
  items: {},
  collections: { memos: { ...memos, write: writeMemos } },
});
const wall = defineProvider({ ...common, name: "wall", items: {}, collections: { memos } });

declare const lists: SupportsLists;
const shelf = defineProvider({ ...common, name: "shelf", items, collections: { playlists: lists } });
const ledger = defineProvider({
  ...common,
  name: "ledger",
  items,
  collections: { recently_played: { ...log, write: writeLog } },
});
const played = createSyncEngine({ providers: [diary, shelf, ledger, tunes], storage, encryption });
const engine = createSyncEngine({ providers: [tunes, discs, radio, diary], storage, encryption });
const office = createSyncEngine({ providers: [desk, pad, wall, tunes], storage, encryption });
const userId = "user-1";
const type = "favorites";

describe("requests of an engine that knows its providers", () => {
  it("service names are literals", () => {
    expectTypeOf<Parameters<typeof engine.checkHealth>[0]>().toEqualTypeOf<"tunes" | "discs" | "radio" | "diary">();
    expectTypeOf(tunes.name).toEqualTypeOf<"tunes">();
    // @ts-expect-error no provider of that name
    engine.plan({ userId, type, pairs: [{ source: "tunes", target: "tidal", mode: "sync-from" }] });
    // @ts-expect-error no provider of that name
    engine.pairs.create({ userId, type, pair: { source: "tidal", target: "tunes", mode: "sync-from" } });
    // @ts-expect-error no provider of that name
    void engine.checkHealth("tidal");
  });

  it("possible pairs compile, by name and by connection", () => {
    expectTypeOf(
      engine.sync({ userId, type, pairs: [{ source: "tunes", target: "discs", mode: "sync-from" }] }),
    ).toEqualTypeOf<Promise<SyncReport>>();
    expectTypeOf(
      engine.plan({
        userId,
        type,
        pairs: [
          { source: "tunes", target: "discs", mode: "sync-to" },
          { source: "radio", target: "tunes", mode: "sync-from" },
          { source: "tunes", target: "radio", mode: "sync-to" },
          { source: { connectionId: "con_1" }, target: "radio", mode: "sync-from" },
        ],
        options: { propagation: "mirror", prune: true },
      }),
    ).toEqualTypeOf<Promise<Plan>>();
    expectTypeOf(engine.syncPair({ userId, pairId: "pair_1" })).toEqualTypeOf<Promise<PairReport>>();
  });

  it("a side that cannot be written is no side to write", () => {
    // @ts-expect-error radio is read only
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "radio", mode: "sync-from" }] });
    // @ts-expect-error radio is read only
    engine.sync({ userId, type, pairs: [{ source: "radio", target: "tunes", mode: "sync-to" }] });
    engine.plan({
      userId,
      type,
      pairs: [
        { source: "tunes", target: "discs", mode: "sync-from" },
        // @ts-expect-error the second pair is impossible, the first is not
        { source: "tunes", target: "radio", mode: "sync-from" },
      ],
    });
  });

  it("a type that a side does not have does not compile", () => {
    // @ts-expect-error diary has no favourites
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "diary", mode: "sync-from" }] });
    // @ts-expect-error nobody but diary has a history
    engine.sync({ userId, type: "recently_played", pairs: [{ source: "diary", target: "tunes", mode: "sync-from" }] });
    // @ts-expect-error no such type
    engine.sync({ userId, type: "events", pairs: [{ source: "tunes", target: "discs", mode: "sync-from" }] });
  });

  it("what was played goes one way, into a log that accepts it or into playlists", () => {
    const type = "recently_played";
    played.sync({ userId, type, pairs: [{ source: "diary", target: "ledger", mode: "sync-from" }] });
    played.sync({ userId, type, pairs: [{ source: "diary", target: "shelf", mode: "sync-from" }] });
    played.sync({ userId, type, pairs: [{ source: "shelf", target: "diary", mode: "sync-to" }] });
    // @ts-expect-error tunes has neither
    played.sync({ userId, type, pairs: [{ source: "diary", target: "tunes", mode: "sync-from" }] });
    // @ts-expect-error shelf shows nothing of what was played
    played.sync({ userId, type, pairs: [{ source: "shelf", target: "diary", mode: "sync-from" }] });
    // @ts-expect-error one way only
    played.sync({ userId, type, pairs: [{ source: "ledger", target: "ledger", mode: "bidirectional" }] });
  });

  it("modes and options are those that there are", () => {
    // @ts-expect-error no such mode
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "discs", mode: "two-way" }] });
    // @ts-expect-error a pair needs a mode
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "discs" }] });
    // @ts-expect-error a request needs a user
    engine.sync({ type, pairs: [{ source: "tunes", target: "discs", mode: "sync-from" }] });
    const pairs = [{ source: "tunes", target: "discs", mode: "sync-from" }] as const;
    // @ts-expect-error no such propagation
    engine.sync({ userId, type, pairs, options: { propagation: "both" } });
    // @ts-expect-error no such policy
    engine.sync({ userId, type, pairs, options: { conflictPolicy: "coin" } });
  });

  it("two-way needs two sides that can be written", () => {
    expectTypeOf(
      engine.sync({ userId, type, pairs: [{ source: "tunes", target: "discs", mode: "bidirectional" }] }),
    ).toEqualTypeOf<Promise<SyncReport>>();
    engine.plan({
      userId,
      type,
      pairs: [{ source: { connectionId: "con_1" }, target: "discs", mode: "bidirectional" }],
    });
    // @ts-expect-error radio is read only
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "radio", mode: "bidirectional" }] });
    // @ts-expect-error radio is read only
    engine.sync({ userId, type, pairs: [{ source: "radio", target: "tunes", mode: "bidirectional" }] });
    // @ts-expect-error radio is read only
    engine.enqueue({ userId, type, pairs: [{ source: "radio", target: "tunes", mode: "bidirectional" }] });
    // @ts-expect-error diary has no favourites
    engine.plan({ userId, type, pairs: [{ source: "tunes", target: "diary", mode: "bidirectional" }] });
  });

  it("sync types of one's own compile where both providers have them", () => {
    for (const mode of ["bidirectional", "sync-from", "sync-to"] as const) {
      expectTypeOf(
        office.sync({ userId, type: "memos", pairs: [{ source: "desk", target: "pad", mode }] }),
      ).toEqualTypeOf<Promise<SyncReport>>();
    }
    office.sync({ userId, type: "memos", pairs: [{ source: "wall", target: "pad", mode: "sync-from" }] });
    // @ts-expect-error wall cannot be written
    office.sync({ userId, type: "memos", pairs: [{ source: "wall", target: "pad", mode: "bidirectional" }] });
    // @ts-expect-error wall cannot be written
    office.sync({ userId, type: "memos", pairs: [{ source: "desk", target: "wall", mode: "sync-from" }] });
    // @ts-expect-error tunes has no memos
    office.sync({ userId, type: "memos", pairs: [{ source: "desk", target: "tunes", mode: "sync-to" }] });
    // @ts-expect-error nobody here has such a type
    office.sync({ userId, type: "letters", pairs: [{ source: "desk", target: "pad", mode: "sync-from" }] });
    // @ts-expect-error desk has no favourites
    office.sync({ userId, type: "favorites", pairs: [{ source: "desk", target: "tunes", mode: "bidirectional" }] });
  });

  it("a conflict is decided for one side or the other", () => {
    expectTypeOf(engine.conflicts.decide({ userId, conflictId: "conflict_1", winner: "source" })).toEqualTypeOf<
      Promise<void>
    >();
    // @ts-expect-error neither side
    void engine.conflicts.decide({ userId, conflictId: "conflict_1", winner: "both" });
    // @ts-expect-error whose conflict?
    void engine.conflicts.get({ conflictId: "conflict_1" });
    // @ts-expect-error no such state
    engine.conflicts.list({ userId, state: "all" });
  });

  it("what is known at run time only compiles, and is checked there", () => {
    const plugins: AnyProvider[] = [tunes, discs];
    const dynamic = createSyncEngine({ providers: plugins, storage, encryption });
    const [source, target]: string[] = ["tunes", "discs"];
    expectTypeOf(
      dynamic.sync({
        userId,
        type,
        pairs: [{ source: source ?? "", target: target ?? "", mode: "sync-from" }],
      }),
    ).toEqualTypeOf<Promise<SyncReport>>();
    expectTypeOf(dynamic).toExtend<Engine>();
  });
});
