import { type Budget, BudgetClosedError, type Claim, type GovernorStatus, type Quiet } from "../governor.ts";
import { BudgetRow, type GovernorParts } from "./budget-row.ts";
import { type Answer, type Ask, type Intent, PLACE_MS, type Slot } from "./decide.ts";
import { fromUs, SharedPace, toUs } from "./shared-pace.ts";
import { sharedStatus } from "./shared-status.ts";
import { type Place, type Waiter, WaitingLines } from "./waiting-lines.ts";

/** Slots that are closer together than this are asked for by several of a party at once, as the store takes time too. */
const ABREAST_MS = 100;
/** How soon those who wait for a place ask again at least and at most, if none of this process comes free. */
const [SHORTEST_POLL_MS, LONGEST_POLL_MS] = [25, 500];
/** The store is asked so long before a slot as it has taken lately, and no longer: a quiet that is stored then comes too late. */
const LONGEST_LEAD_MS = 250;
const LEAD_FADES_BY = 0.9;
/** When a place is asked for anew, before it runs out. */
const KEEP_AFTER_MS = PLACE_MS / 3;
/** After the store failed, what is under way waits with its next word. */
const PAUSE_MS = 1_000;
/** After so many missed slots in a row a request asks for wider ones, each twice the last: all others wait longer for those, so not at once. */
const WIDER_AFTER = 2;
const WIDEST = 16;

/** What the store is asked at once, and whom its answers are for. */
interface Batch {
  readonly intents: Intent[];
  readonly heirs: ((answer: Answer) => void)[];
  readonly waiters: Waiter[];
}

/**
 * One budget's waiting line in this process. All that its requests want is put into one change of the shared row at a
 * time, so that processes contend for it and not requests.
 */
export class SharedGate {
  readonly #parts: GovernorParts;
  readonly #row: BudgetRow;
  readonly #pace: SharedPace;
  readonly #lines: WaitingLines;
  readonly #pollMs: number;
  readonly #limit: Budget["limit"];
  /** Of requests that are under way here, and of those that wait for their slot with one. */
  readonly #places = new Set<Place>();
  #notices: Intent[] = [];
  readonly #ended = new Set<Place>();
  /** Known here: from the store, or from an answer that could not be stored. */
  #quiet: Quiet | undefined;
  #isStanding = false;
  #isBusy = false;
  #leadMs = 0;
  #pausedUntilMs = 0;
  #alarm: { readonly atMs: number; readonly controller: AbortController } | undefined;

  constructor(budget: Budget, parts: GovernorParts) {
    this.#parts = parts;
    this.#limit = budget.limit;
    this.#row = new BudgetRow(budget, parts);
    this.#pace = new SharedPace(budget.limit);
    const spacingMs = this.#pace.gapUs(1, 1) / 1_000;
    this.#lines = new WaitingLines(Math.max(1, Math.floor(ABREAST_MS / spacingMs)));
    this.#pollMs = Math.min(LONGEST_POLL_MS, Math.max(SHORTEST_POLL_MS, spacingMs));
  }

  get isIdle(): boolean {
    return this.#lines.isEmpty && this.#places.size === 0 && !this.#isBusy && this.#quietNow() === undefined;
  }

  run<T>({ party, cost, maxWaitMs, signal }: Claim, work: (standing?: Quiet) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const quiet = this.#quietNow();
      if (quiet && quiet.untilMs - this.#now() > maxWaitMs) return reject(new BudgetClosedError(quiet));
      const leave = (): void => {
        waiter.isGone = true;
        this.#lines.remove(waiter);
        signal.removeEventListener("abort", abort);
      };
      const waiter: Waiter = {
        ...{ party, cost, maxWaitMs, dueMs: this.#now(), misses: 0, isGone: false, isAsking: false },
        ...{ slot: undefined, ticket: undefined, place: undefined, chargedAtMs: undefined, ready: undefined },
        start: (place, standing) => {
          leave();
          new Promise<T>((begun) => begun(work(standing))).then(resolve, reject).finally(() => this.#end(place));
        },
        refuse: (error) => {
          leave();
          reject(error);
          if (!waiter.isAsking) this.#giveUp(waiter);
          this.#wake();
        },
      };
      const abort = (): void => waiter.refuse(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#lines.add(waiter);
      this.#wake();
    });
  }

  /** @throws {StorageError} it holds in this process all the same */
  async close(quiet: Quiet): Promise<void> {
    this.#heed(quiet);
    await this.#row.close(quiet);
  }

  async status(): Promise<GovernorStatus> {
    const { state } = await this.#row.read();
    return sharedStatus(state, this.#limit, this.#now(), this.#quietNow());
  }

  answered(sentAtMs: number): void {
    if (!this.#isStanding) return;
    this.#isStanding = false;
    this.#notices.push({ kind: "answered", sentAtMs });
    this.#wake();
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #quietNow(): Quiet | undefined {
    return this.#quiet && this.#quiet.untilMs > this.#now() ? this.#quiet : undefined;
  }

  #heed(quiet: Quiet): void {
    if (quiet.untilMs <= (this.#quiet?.untilMs ?? 0)) return;
    this.#quiet = quiet;
    const quietMs = quiet.untilMs - this.#now();
    for (const waiter of this.#lines.all()) {
      if (quietMs > waiter.maxWaitMs) waiter.refuse(new BudgetClosedError(quiet));
    }
  }

  #end(place: Place): void {
    this.#places.delete(place);
    this.#ended.add(place);
    for (const waiter of this.#lines.front) if (waiter.ticket !== undefined) waiter.dueMs = this.#now();
    this.#wake();
  }

  /** Asks the store until there is nothing to ask for now, then sets the alarm. */
  #wake(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const rest = (): void => {
      this.#isBusy = false;
      this.#setAlarm();
    };
    // Not at once: what is asked for in the same turn goes along.
    Promise.resolve()
      .then(() => this.#askAll())
      .then(rest, rest);
  }

  async #askAll(): Promise<void> {
    for (let batch = this.#collect(); batch.intents.length > 0; batch = this.#collect()) {
      for (const waiter of batch.waiters) waiter.isAsking = true;
      try {
        const askedAtMs = this.#now();
        const { state, answers } = await this.#row.exchange(batch.intents, this.#quietNow());
        const tookMs = Math.max(this.#now() - askedAtMs, this.#leadMs * LEAD_FADES_BY);
        this.#leadMs = Math.min(LONGEST_LEAD_MS, tookMs);
        for (const waiter of batch.waiters) waiter.isAsking = false;
        const { closedUntilMs: untilMs, reason, strikes } = state;
        this.#isStanding = strikes > 0;
        for (const [index, answer] of answers.entries()) batch.heirs[index]?.(answer);
        if (untilMs > this.#now()) this.#heed({ untilMs, reason, strikes });
      } catch (error) {
        this.#pausedUntilMs = this.#now() + PAUSE_MS;
        for (const waiter of batch.waiters) {
          waiter.isAsking = false;
          if (waiter.isGone) this.#giveUp(waiter);
          else waiter.refuse(error);
        }
        this.#notices.unshift(...batch.intents.filter(({ kind }) => kind === "end"));
        return;
      }
    }
  }

  #collect(): Batch {
    const nowMs = this.#now();
    const ended = [...this.#ended].map(({ untilMs }): Intent => ({ kind: "end", place: untilMs }));
    const batch: Batch = { intents: [...this.#notices, ...ended], heirs: [], waiters: [] };
    batch.heirs.push(...batch.intents.map(() => () => {}));
    this.#notices = [];
    this.#ended.clear();
    for (const place of this.#places) {
      if (this.#keepAtMs(place) > nowMs) continue;
      batch.intents.push({ kind: "keep", place: place.untilMs });
      batch.heirs.push((answer) => {
        if (answer.kind === "kept") place.untilMs = answer.place;
      });
    }
    for (const waiter of this.#lines.front) {
      if (waiter.dueMs > nowMs) continue;
      if (waiter.ready && this.#begin(waiter, waiter.ready.standing)) continue;
      batch.intents.push(this.#askFor(waiter));
      batch.heirs.push((answer) => this.#tell(waiter, answer));
      batch.waiters.push(waiter);
    }
    return batch;
  }

  #askFor(waiter: Waiter): Ask {
    const { cost, slot, ticket, place, chargedAtMs } = waiter;
    if (slot && this.#hasPassed(slot)) waiter.misses += 1;
    const lateMs = this.#pace.lateMs * 2 ** Math.min(WIDEST, Math.max(0, waiter.misses - WIDER_AFTER));
    return { kind: "ask", cost, lateMs, leadMs: this.#leadMs, slot, ticket, place: place?.untilMs, chargedAtMs };
  }

  #tell(waiter: Waiter, answer: Answer): void {
    const { slot, ticket } = waiter;
    waiter.slot = undefined;
    waiter.ticket = undefined;
    if (ticket !== undefined && answer.kind !== "full") this.#lines.wake(waiter.party, this.#now());
    switch (answer.kind) {
      case "begin":
        waiter.slot = answer.slot;
        waiter.chargedAtMs = answer.chargedAtMs;
        this.#give(waiter, answer.place);
        break;
      case "slot":
        if (slot && slot.us !== answer.slot.us) waiter.misses += 1;
        waiter.slot = answer.slot;
        waiter.dueMs = fromUs(answer.slot.us) - this.#leadMs;
        this.#give(waiter, answer.place);
        break;
      case "full":
        this.#give(waiter, undefined);
        if (this.#lines.hasTicket(waiter.party)) {
          // One of a party waits for a place; the others wait for that one.
          this.#notices.push({ kind: "end", ticket: answer.ticket });
          waiter.dueMs = Number.POSITIVE_INFINITY;
          break;
        }
        waiter.ticket = answer.ticket;
        waiter.dueMs = this.#now() + this.#pollMs * (0.75 + 0.5 * this.#parts.random.uniform());
        break;
      case "closed":
        this.#takeBack(waiter);
        waiter.dueMs = answer.quiet.untilMs;
        if (waiter.isGone || waiter.dueMs - this.#now() <= waiter.maxWaitMs) break;
        waiter.refuse(new BudgetClosedError(answer.quiet));
        return;
    }
    if (waiter.isGone) this.#giveUp(waiter);
    else if (answer.kind === "begin") this.#begin(waiter, answer.standing);
  }

  /** The store took time to answer: not if it is too late by now, or the budget has been closed here. @returns whether it began or will */
  #begin(waiter: Waiter, standing: Quiet | undefined): boolean {
    const { place, slot } = waiter;
    waiter.ready = undefined;
    waiter.dueMs = this.#now();
    if (!place || !slot || this.#hasPassed(slot) || this.#quietNow()) return false;
    if (slot.us > toUs(this.#now())) {
      waiter.ready = { standing };
      waiter.dueMs = fromUs(slot.us);
      return true;
    }
    waiter.start(place, standing);
    return true;
  }

  #hasPassed({ us, lateMs }: Slot): boolean {
    return this.#now() > us / 1_000 + lateMs;
  }

  #give(waiter: Waiter, untilMs: number | undefined): void {
    if (untilMs === undefined) {
      if (waiter.place) this.#places.delete(waiter.place);
      waiter.place = undefined;
      return;
    }
    waiter.place ??= { untilMs };
    waiter.place.untilMs = untilMs;
    this.#places.add(waiter.place);
  }

  /** The store has freed the place; what was taken of the day is still to be given back. */
  #takeBack(waiter: Waiter): void {
    if (waiter.place) this.#places.delete(waiter.place);
    waiter.place = undefined;
    const { cost, chargedAtMs: atMs } = waiter;
    if (atMs !== undefined) this.#notices.push({ kind: "end", unspent: { cost: Math.ceil(cost), atMs } });
    waiter.chargedAtMs = undefined;
  }

  #giveUp(waiter: Waiter): void {
    const { party, cost, slot, ticket, place } = waiter;
    if (ticket !== undefined || place) this.#notices.push({ kind: "end", ticket, place: place?.untilMs });
    this.#takeBack(waiter);
    const heir = slot && this.#lines.heir(party, cost);
    if (heir) {
      heir.slot = slot;
      heir.dueMs = fromUs(slot.us) - this.#leadMs;
    } else if (slot) this.#notices.push({ kind: "give-back", slot, cost });
    waiter.slot = undefined;
    waiter.ticket = undefined;
    this.#lines.wake(party, this.#now());
  }

  #keepAtMs(place: Place): number {
    return place.untilMs - PLACE_MS + KEEP_AFTER_MS;
  }

  /** At most one alarm is set; what comes in earlier wakes by itself. */
  #setAlarm(): void {
    const due = [...this.#lines.front].map(({ dueMs }) => dueMs);
    const atMs = Math.max(
      this.#pausedUntilMs,
      Math.min(...due, ...[...this.#places].map((place) => this.#keepAtMs(place))),
    );
    if (this.#alarm?.atMs === atMs) return;
    this.#alarm?.controller.abort();
    this.#alarm = undefined;
    if (!Number.isFinite(atMs)) return;
    const alarm = { atMs, controller: new AbortController() };
    this.#alarm = alarm;
    const ring = (): void => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#wake();
    };
    this.#parts.clock.sleep(atMs - this.#now(), alarm.controller.signal).then(ring, ring);
  }
}
