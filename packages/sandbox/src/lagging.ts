/**
 * A value that changes at once but may be read as it was a while ago: how list replicas lag behind a write. Older
 * versions are kept only while a lag is switched on, because nothing else asks for them.
 */
export class Lagging<T> {
  #current: T;
  #past: { readonly value: T; readonly replacedAt: number }[] = [];
  readonly #clone: (value: T) => T;

  constructor(initial: T, clone: (value: T) => T) {
    this.#current = initial;
    this.#clone = clone;
  }

  /** The value as it is, for writes and for services without a lag. */
  get current(): T {
    return this.#current;
  }

  /** The value as readers see it whose view is `lagMs` old. */
  seen(now: number, lagMs: number): T {
    if (lagMs <= 0) return this.#current;
    const stillShown = this.#past.find(({ replacedAt }) => replacedAt > now - lagMs);
    return stillShown?.value ?? this.#current;
  }

  /** Changes the value in place. */
  change(now: number, lagMs: number, change: (value: T) => void): void {
    if (lagMs > 0) {
      this.#past = this.#past.filter(({ replacedAt }) => replacedAt > now - lagMs);
      this.#past.push({ value: this.#clone(this.#current), replacedAt: now });
    } else this.#past = [];
    change(this.#current);
  }
}
