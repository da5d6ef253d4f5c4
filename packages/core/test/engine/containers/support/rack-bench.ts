import {
  createSyncEngine,
  DeferredError,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncMode,
  type SyncOptions,
} from "../../../../src/index.ts";
import { heldEncryption } from "../../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../../support/virtual-clock.ts";
import { only } from "../../support/bench.ts";
import { Rack, type RackList, type RackStyle } from "./rack.ts";

const USER = { userId: "user-1" } as const;

/** Titles that no matcher takes for one another, by letter. */
const SONGS = new Map(
  [
    "Amber Kites",
    "Bridges",
    "Copper Lanterns at Noon",
    "Dunes",
    "Embers over Quarry Street",
    "Fernweh",
    "Granite Orchard",
    "Harbourmaster",
    "Island of Pebbles",
    "Juniper",
    "Kilometre Zero",
    "Lighthouse Keepers",
    "Marmalade",
    "Nightfall Express",
    "Oxbow",
    "Paper Planets",
  ].map((title) => [title.slice(0, 1), title]),
);

/** What each service has: songs by letter, but for those that only the other one has. */
function songs(service: string, without: string) {
  return [...SONGS].flatMap(([letter, title], index) =>
    without.includes(letter)
      ? []
      : [{ id: `${service}-${letter}`, title, isrc: `XXABC26${String(index).padStart(5, "0")}` }],
  );
}

/** The left service lacks P, the right one O. */
export class RackBench {
  readonly clock: VirtualClock = virtualClock();
  readonly left: Rack;
  readonly right: Rack;
  readonly storage: StorageAdapter = memoryStorage();

  constructor({ left, right }: { readonly left?: RackStyle; readonly right?: RackStyle } = {}) {
    this.left = new Rack("left", songs("left", "P"), left ?? "ranges");
    this.right = new Rack("right", songs("right", "O"), right ?? "ranges");
  }

  /** An engine on this bench; each is another process, as it were. */
  engine(options: Partial<Pick<SyncEngineOptions, "storage" | "sealIds" | "onEvent">> = {}) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("racks need no network")),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  /** What a provider's functions throw when the service asks for a minute of quiet. */
  deferral(service: string): DeferredError {
    return new DeferredError(service, this.clock.now() + 60_000);
  }

  request(mode: SyncMode = "bidirectional", options: SyncOptions = {}) {
    return { ...USER, pairs: [{ source: "left", target: "right", mode }], type: "playlists" as const, options };
  }

  async sync(mode: SyncMode = "bidirectional", options: SyncOptions = {}, engine = this.engine()): Promise<PairReport> {
    // Nothing is read within the time in which a service may still show what was before.
    await this.clock.advance(1);
    return only(await engine.sync(this.request(mode, options)));
  }
}

/** A list in letters: songs as capitals, `.` for what cannot be read, `*` for a local file. */
export function lettersOf({ entries }: RackList): string {
  return entries.map((id) => (id === null ? "." : (/-([A-Z])$/.exec(id)?.[1] ?? "*"))).join("");
}

/** Entries of a list on a side, from letters. */
export function entriesOn(service: "left" | "right", letters: string): (string | null)[] {
  return [...letters].map((letter) => (letter === "." ? null : letter === "*" ? "local:1" : `${service}-${letter}`));
}
