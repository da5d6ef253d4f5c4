import {
  createSyncEngine,
  DeferredError,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncOptions,
} from "../../../../src/index.ts";
import { heldEncryption } from "../../../support/held-encryption.ts";
import { type VirtualClock, virtualClock } from "../../../support/virtual-clock.ts";
import { Rack, type RackList, type RackStyle } from "../../containers/support/rack.ts";
import { songs } from "../../containers/support/rack-bench.ts";
import { only } from "../../support/bench.ts";
import { Player } from "./player.ts";

const USER = { userId: "user-1" } as const;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * What is played on the left, and where it goes on the right: playlists of a rack, or the log of a player that accepts entries.
 * The left service lacks P, the right one O.
 */
export class PlayBench<R extends Rack | Player = Rack> {
  readonly clock: VirtualClock = virtualClock();
  readonly left = new Player("left", songs("left", "P"));
  readonly right: R;
  readonly storage: StorageAdapter;

  constructor(right: R, storage: StorageAdapter = memoryStorage()) {
    this.right = right;
    this.storage = storage;
  }

  engine(options: Partial<Pick<SyncEngineOptions, "storage" | "sealIds" | "onEvent" | "encryption">> = {}) {
    return createSyncEngine({
      providers: [this.left.provider(), this.right.provider()],
      storage: this.storage,
      clock: this.clock,
      encryption: heldEncryption(this.clock),
      fetch: () => Promise.reject(new Error("players need no network")),
      ...options,
    });
  }

  async open(): Promise<this> {
    const engine = this.engine();
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
    return this;
  }

  /** The user plays these, one a minute, by letter. */
  async play(letters: string): Promise<void> {
    for (const letter of letters) {
      await this.clock.advance(MINUTE);
      this.left.plays.push({ id: `left-${letter}`, atMs: this.clock.now() });
    }
  }

  deferral(service: string): DeferredError {
    return new DeferredError(service, this.clock.now() + MINUTE);
  }

  request(options: SyncOptions = {}) {
    const pairs = [{ source: "left", target: "right", mode: "sync-from" }] as const;
    return { ...USER, pairs, type: "recently_played" as const, options };
  }

  async sync(options: SyncOptions = {}, engine = this.engine()): Promise<PairReport> {
    // Nothing is read within the time in which a service may still show what was before.
    await this.clock.advance(1);
    return only(await engine.sync(this.request(options)));
  }

  /** What the right player has been told, oldest first: letters. */
  get told(): string {
    const { plays } = this.right as Player;
    return plays
      .toSorted((left, right) => left.atMs - right.atMs)
      .map(({ id }) => id.slice(-1))
      .join("");
  }

  /** The playlist that the pair made. */
  get list(): RackList {
    return (this.right as Rack).named("Recently played on left");
  }

  /** What it holds, in letters. */
  get shown(): string {
    return this.list.entries.map((id) => id?.slice(-1) ?? ".").join("");
  }
}

export async function intoPlaylist(style: RackStyle = "ranges", storage?: StorageAdapter): Promise<PlayBench> {
  return await new PlayBench(new Rack("right", songs("right", "O"), style), storage).open();
}

export async function intoLog(storage?: StorageAdapter): Promise<PlayBench<Player>> {
  return await new PlayBench(new Player("right", songs("right", "O"), true), storage).open();
}
