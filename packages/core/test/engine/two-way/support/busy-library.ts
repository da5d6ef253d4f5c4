import { inventedRecordings, type LibraryHabits, type LibrarySnapshot, SyntheticLibrary } from "@syncer/testkit";
import {
  createSyncEngine,
  type Engine,
  memoryStorage,
  type Row,
  type StorageAdapter,
  type SyncEngineOptions,
} from "../../../../src/index.ts";
import { heldEncryption } from "../../../support/held-encryption.ts";
import { virtualClock } from "../../../support/virtual-clock.ts";
import { Scene, type Stage, syncToTheEnd } from "../../support/rehearsal.ts";

const USER = { userId: "user-1" } as const;

/** The left service has songs 0 and 1 under two ids each; each service has a song that the other lacks. */
const leftSongs = [...Array.from({ length: 60 }, (_, song) => song), 0, 1, 100];
const rightSongs = [...Array.from({ length: 60 }, (_, song) => song), 200];

export interface SideHabits {
  readonly left?: Partial<LibraryHabits>;
  readonly right?: Partial<LibraryHabits>;
}

/** Two libraries of favourites that are synced both ways. */
export class BusyLibraries implements Stage<LibrarySnapshot> {
  readonly clock = virtualClock();
  readonly left: SyntheticLibrary;
  readonly right: SyntheticLibrary;
  readonly storage: StorageAdapter = memoryStorage();

  constructor({ left = {}, right = {} }: SideHabits) {
    const { clock } = this;
    this.left = new SyntheticLibrary({
      name: "left",
      clock,
      recordings: inventedRecordings("l", leftSongs),
      habits: left,
    });
    this.right = new SyntheticLibrary({
      name: "right",
      clock,
      recordings: inventedRecordings("r", rightSongs),
      habits: right,
    });
  }

  /** An engine on this bench; each is another process, as it were. */
  engine(options: Partial<Pick<SyncEngineOptions, "storage">> = {}) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("these services need no network")),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  start(engine: Pick<Engine, "sync">) {
    return engine.sync({
      ...USER,
      pairs: [{ source: "left", target: "right", mode: "bidirectional" }],
      type: "favorites",
    });
  }

  async links(): Promise<Row<"links">[]> {
    return await this.storage.select({ table: "links", orderBy: ["link_key"] });
  }

  /** Changes that the services have seen us make. */
  get writes(): number {
    const ours = ({ log }: SyntheticLibrary) => log.filter(({ by }) => by === "sync").length;
    return ours(this.left) + ours(this.right);
  }
}

export type LibraryScene = Scene<LibrarySnapshot, BusyLibraries>;

/** Thirty songs in step, then twenty changes that wait for one two-way run. */
export async function busyLibraryScene(habits: SideHabits): Promise<LibraryScene> {
  const make = () => new BusyLibraries(habits);
  const bench = make();
  await bench.open();
  const { left, right } = bench;
  const ids = (prefix: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${prefix}${from + index}`);
  // 60 and 61 are further recordings of songs 0 and 1.
  left.put(...ids("l", 0, 15), "l60", "l61", "l62");
  right.put(...ids("r", 15, 30), "r60");
  await bench.clock.advance(600_000);
  await syncToTheEnd(bench);
  await bench.clock.advance(600_000);
  left.put(...ids("l", 30, 36));
  right.put(...ids("r", 36, 42));
  // Of a song of two entries one leaves, and nothing is to be done; the others are to go from the other side.
  left.take("l60", "l2", "l3", "l16", "l17");
  right.take("r4", "r5", "r18", "r19");
  // Both did the same.
  left.take("l29");
  right.take("r29");
  left.put("l42");
  right.put("r42");
  await bench.clock.advance(600_000);
  return await Scene.of(bench, make);
}

/** What users see, and what is kept of it. */
export async function libraryOutcome(bench: BusyLibraries) {
  const rows = (await bench.links()).filter(({ state }) => state !== "dropped");
  return {
    left: [...bench.left.ids()].sort(),
    right: [...bench.right.ids()].sort(),
    links: rows.map(({ source_id, target_id, state }) => `${source_id ?? "-"} = ${target_id ?? "-"} ${state}`).sort(),
  };
}
