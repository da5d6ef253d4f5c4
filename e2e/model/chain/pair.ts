import type { PairReport } from "@syncer/core";
import type { Side } from "./side.ts";
import type { OneWay } from "./steps.ts";

const DAY_MS = 24 * 60 * 60_000;

interface Removal {
  readonly side: Side;
  readonly song: number;
  readonly atMs: number;
}

/** A pair as a host knows it: what it asks for, what it was told last, and what was removed in its name. */
export class ChainPair {
  readonly source: Side;
  readonly target: Side;
  readonly mode: "bidirectional" | OneWay["mode"];
  readonly #propagation: OneWay["propagation"];
  /** The last run was held, and nothing has been run since. */
  held: PairReport | undefined;
  /** A killed process may hold it until then. */
  leasedUntilMs = Number.NEGATIVE_INFINITY;
  /** Songs whose removal somebody has confirmed, and when. */
  readonly #confirmedMs = new Map<number, number>();
  #unconfirmed: Removal[] = [];

  constructor(source: Side, target: Side, oneWay: OneWay | undefined) {
    this.source = source;
    this.target = target;
    this.mode = oneWay?.mode ?? "bidirectional";
    this.#propagation = oneWay?.propagation ?? "additive";
  }

  get name(): string {
    return `${this.source.library.name}-${this.target.library.name}`;
  }

  get isTwoWay(): boolean {
    return this.mode === "bidirectional";
  }

  get sides(): readonly Side[] {
    return [this.source, this.target];
  }

  /** The other side, if this is one of the pair's. */
  acrossFrom(side: Side): Side | undefined {
    if (side === this.source) return this.target;
    return side === this.target ? this.source : undefined;
  }

  writes(side: Side): boolean {
    if (this.mode === "bidirectional") return this.sides.includes(side);
    return side === (this.mode === "sync-from" ? this.target : this.source);
  }

  request() {
    return {
      userId: "user-1",
      type: "favorites" as const,
      pairs: [{ source: this.source.library.name, target: this.target.library.name, mode: this.mode }],
      ...(this.isTwoWay ? {} : { options: { propagation: this.#propagation } }),
    };
  }

  confirm(songs: Iterable<number>, nowMs: number): void {
    for (const song of songs) this.#confirmedMs.set(song, nowMs);
  }

  /** Whether somebody has confirmed within the day until then that it may be removed. */
  isConfirmed(song: number, atMs: number): boolean {
    return (this.#confirmedMs.get(song) ?? Number.NEGATIVE_INFINITY) >= atMs - DAY_MS;
  }

  /** @returns the songs that nobody has confirmed within the day until now, this one included */
  remove(removal: Removal): ReadonlySet<number> {
    const fromMs = removal.atMs - DAY_MS;
    if (this.isConfirmed(removal.song, removal.atMs)) return new Set();
    this.#unconfirmed = [...this.#unconfirmed.filter(({ atMs }) => atMs > fromMs), removal];
    return new Set(this.#unconfirmed.filter(({ side }) => side === removal.side).map(({ song }) => song));
  }
}
