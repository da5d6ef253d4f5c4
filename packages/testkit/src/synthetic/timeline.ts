/** What stood under a key from a moment on. */
export interface Moment<T> {
  readonly key: string;
  readonly atMs: number;
  /** Counts the writes of the whole timeline, from 1. */
  readonly turn: number;
  readonly value: T;
}

/** Everything that a timeline knows; immutable, and cheap to keep. */
export interface TimelineSnapshot<T> {
  readonly histories: ReadonlyMap<string, readonly Moment<T>[]>;
  readonly turn: number;
}

/**
 * Values by key, with as much of their past as somebody may still be shown: a replica that lags shows what was there
 * some time ago. Keys keep the order in which they came.
 */
export class Timeline<T> {
  #histories = new Map<string, readonly Moment<T>[]>();
  #turn = 0;

  /** How many writes there were. */
  get turn(): number {
    return this.#turn;
  }

  /** @param keepMs how far back anybody may look; what is older is forgotten */
  write(key: string, value: T, atMs: number, keepMs: number): Moment<T> {
    const moment: Moment<T> = { key, atMs, turn: ++this.#turn, value };
    const past = keepMs > 0 ? since(this.#histories.get(key) ?? [], atMs - keepMs) : [];
    this.#histories.set(key, [...past, moment]);
    return moment;
  }

  latest(key: string): Moment<T> | undefined {
    return this.#histories.get(key)?.at(-1);
  }

  /** What stood there then, as far as that is remembered. */
  asOf(key: string, atMs: number): Moment<T> | undefined {
    return this.#histories.get(key)?.findLast((moment) => moment.atMs <= atMs);
  }

  /** What stood anywhere then, in the order of the keys. */
  all(atMs = Number.POSITIVE_INFINITY): readonly Moment<T>[] {
    const found: Moment<T>[] = [];
    for (const history of this.#histories.values()) {
      const last = history.at(-1);
      const moment = last && last.atMs <= atMs ? last : history.findLast((earlier) => earlier.atMs <= atMs);
      if (moment) found.push(moment);
    }
    return found;
  }

  forget(key: string): void {
    this.#histories.delete(key);
  }

  snapshot(): TimelineSnapshot<T> {
    return { histories: new Map(this.#histories), turn: this.#turn };
  }

  restore({ histories, turn }: TimelineSnapshot<T>): void {
    this.#histories = new Map(histories);
    this.#turn = turn;
  }
}

/** The moment that stood at a time, and all later ones. */
function since<T>(history: readonly Moment<T>[], atMs: number): readonly Moment<T>[] {
  const first = history.findLastIndex((moment) => moment.atMs <= atMs);
  return first <= 0 ? history : history.slice(first);
}
