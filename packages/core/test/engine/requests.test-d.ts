import { describe, expectTypeOf, it } from "vitest";
import {
  type AnyProvider,
  createSyncEngine,
  defineProvider,
  type Encryption,
  type Engine,
  type MembershipReader,
  type MembershipWriter,
  type PairReport,
  type Plan,
  type StorageAdapter,
  type SyncReport,
} from "../../src/index.ts";

declare const storage: StorageAdapter;
declare const encryption: Encryption;
declare const read: MembershipReader<{ readonly id: string }>;
declare const write: MembershipWriter;
declare const common: Omit<AnyProvider, "name" | "collections" | "items" | "catalogue">;
declare const toUniversal: (native: { readonly id: string }) => never;

const base = { shape: "membership", kind: "track", scopes: { read: [], write: [] }, read } as const;
const items = { track: { toUniversal } };

const tunes = defineProvider({ ...common, name: "tunes", items, collections: { favorites: { ...base, write } } });
const discs = defineProvider({ ...common, name: "discs", items, collections: { favorites: { ...base, write } } });
const radio = defineProvider({ ...common, name: "radio", items, collections: { favorites: base } });
const diary = defineProvider({ ...common, name: "diary", items, collections: { recently_played: base } });

const engine = createSyncEngine({ providers: [tunes, discs, radio, diary], storage, encryption });
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

  it("modes and options are those that there are", () => {
    // @ts-expect-error two-way sync is not available yet
    engine.sync({ userId, type, pairs: [{ source: "tunes", target: "discs", mode: "bidirectional" }] });
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
