import {
  DeferredError,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncMode,
  type SyncOptions,
} from "../../../../src/index.ts";
import { EngineBench, only, USER } from "../../support/engine-bench.ts";
import { Rack, type RackList, type RackStyle } from "./rack.ts";

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
export function songs(service: string, without: string) {
  return [...SONGS].flatMap(([letter, title], index) =>
    without.includes(letter)
      ? []
      : [{ id: `${service}-${letter}`, title, isrc: `XXABC26${String(index).padStart(5, "0")}` }],
  );
}

/** The left service lacks P, the right one O. */
export class RackBench extends EngineBench<Rack> {
  readonly left: Rack;
  readonly right: Rack;

  constructor(
    { left, right }: { readonly left?: RackStyle; readonly right?: RackStyle } = {},
    storage: StorageAdapter = memoryStorage(),
  ) {
    super(storage);
    this.left = new Rack("left", songs("left", "P"), left ?? "ranges");
    this.right = new Rack("right", songs("right", "O"), right ?? "ranges");
  }

  get services(): readonly Rack[] {
    return [this.left, this.right];
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
