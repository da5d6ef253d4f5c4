import { describe, expectTypeOf, it } from "vitest";
import {
  type AnyProvider,
  createSyncEngine,
  defineProvider,
  type Encryption,
  inProcessQueue,
  type JobInfo,
  type MembershipReader,
  type MembershipWriter,
  type Queue,
  type StorageAdapter,
  systemClock,
} from "../../src/index.ts";

declare const storage: StorageAdapter;
declare const encryption: Encryption;
declare const read: MembershipReader<{ readonly id: string }>;
declare const write: MembershipWriter;
declare const common: Omit<AnyProvider, "name" | "collections" | "items" | "catalogues">;
declare const toUniversal: (native: { readonly id: string }) => never;

const base = { shape: "membership", kind: "track", scopes: { read: [], write: [] }, read } as const;
const items = { track: { toUniversal } };
const tunes = defineProvider({ ...common, name: "tunes", items, collections: { favorites: { ...base, write } } });
const radio = defineProvider({ ...common, name: "radio", items, collections: { favorites: base } });
const queue = inProcessQueue({ clock: systemClock() });
const engine = createSyncEngine({ providers: [tunes, radio], storage, encryption, jobs: { queue } });
const userId = "user-1";
const type = "favorites";

describe("jobs of an engine that knows its providers", () => {
  it("are queued for possible pairs, and give handles", () => {
    expectTypeOf(queue).toEqualTypeOf<Queue>();
    expectTypeOf(
      engine.enqueue(
        { userId, type, pairs: [{ source: "radio", target: "tunes", mode: "sync-from" }] },
        { lane: "automatic", delayMs: 1_000 },
      ),
    ).toEqualTypeOf<Promise<readonly JobInfo[]>>();
  });

  it("are not queued for impossible ones", () => {
    // @ts-expect-error radio cannot be written
    engine.enqueue({ userId, type, pairs: [{ source: "tunes", target: "radio", mode: "sync-from" }] });
    // @ts-expect-error no provider of that name
    engine.enqueue({ userId, type, pairs: [{ source: "tunes", target: "tidal", mode: "sync-from" }] });
    const request = { userId, type, pairs: [{ source: "radio", target: "tunes", mode: "sync-from" }] } as const;
    // @ts-expect-error there are two lanes
    engine.enqueue(request, { lane: "fast" });
    // @ts-expect-error the lanes have these names
    createSyncEngine({ providers: [tunes, radio], storage, encryption, jobs: { capacity: { fast: 3 } } });
    // @ts-expect-error a share is a number of workers
    void engine.start({ lanes: { manual: "half" } });
  });
});
