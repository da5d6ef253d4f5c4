import type { RateLimit } from "../../contract/index.ts";
import { DayQuota } from "../day-quota.ts";
import type { Quiet } from "../governor.ts";
import { SharedPace, toUs } from "./shared-pace.ts";
import type { SharedState, Ticket } from "./shared-state.ts";

/** How long a place is kept for a process that is not heard of. What runs longer says so in time. */
export const PLACE_MS = 30_000;
/** How long a ticket is. */
export const TICKET_MS = 5_000;

/** When a request may go out: between `us`, in microseconds since the epoch, and `lateMs` after it. */
export interface Slot {
  readonly us: number;
  readonly lateMs: number;
}

/** A waiting request asks what it may do; again and again, with what it was given so far, until it may begin. */
export interface Ask {
  readonly kind: "ask";
  readonly cost: number;
  /** Of a new slot. More than the pace's own costs everyone the difference, once. */
  readonly lateMs: number;
  /** How long before its slot it may be told to begin, because the answer takes time too. */
  readonly leadMs?: number;
  readonly slot?: Slot | undefined;
  readonly ticket?: number | undefined;
  readonly place?: number | undefined;
  /** When its units were taken from the day's: it was told to begin before, and came too late. */
  readonly chargedAtMs?: number | undefined;
}

export type Intent =
  | Ask
  /** It has ended, or gives up waiting; what it took of the day and did not spend is given back. */
  | {
      readonly kind: "end";
      readonly place?: number | undefined;
      readonly ticket?: number | undefined;
      readonly unspent?: { readonly cost: number; readonly atMs: number } | undefined;
    }
  /** It is still under way. */
  | { readonly kind: "keep"; readonly place: number }
  /** It leaves its slot to whoever comes next. */
  | { readonly kind: "give-back"; readonly slot: Slot; readonly cost: number }
  /** A request that was sent then was answered, and not by a refusal. */
  | { readonly kind: "answered"; readonly sentAtMs: number };

export type Answer =
  /** Go out in time for the slot; `standing`: the last quiet, if nobody has been answered since. */
  | {
      readonly kind: "begin";
      readonly slot: Slot;
      readonly place: number;
      readonly chargedAtMs: number;
      readonly standing?: Quiet;
    }
  /** Ask again at the slot. */
  | { readonly kind: "slot"; readonly slot: Slot; readonly place?: number }
  /** All places are taken: ask again soon. */
  | { readonly kind: "full"; readonly ticket: number }
  | { readonly kind: "closed"; readonly quiet: Quiet }
  | { readonly kind: "kept"; readonly place: number }
  | { readonly kind: "noted" };

export interface Decision {
  readonly state: SharedState;
  /** One per intent, in their order. */
  readonly answers: readonly Answer[];
}

/**
 * Decides what requests of a budget may do. Plain data in, plain data out: who calls it writes the state, on condition
 * that nobody else has in the meantime, and only then acts on the answers.
 */
export function decide(state: SharedState, intents: readonly Intent[], limit: RateLimit, nowMs: number): Decision {
  const draft = new Draft(state, limit, nowMs);
  const answers = intents.map((intent) => draft.answer(intent));
  return { state: draft.done(), answers };
}

/** The last quiet, if it is over and nobody has been answered since. */
function standingQuiet({ closedUntilMs, reason, strikes }: SharedState, nowMs: number): Quiet | undefined {
  return strikes > 0 && closedUntilMs <= nowMs ? { untilMs: closedUntilMs, reason, strikes } : undefined;
}

class Draft {
  readonly #from: SharedState;
  readonly #nowMs: number;
  readonly #pace: SharedPace;
  readonly #concurrency: number;
  readonly #day: DayQuota | undefined;
  readonly #places: Set<number>;
  #tickets: readonly Ticket[];
  #nextUs: number;
  #lastCost: number;
  #strikes: number;

  constructor(from: SharedState, limit: RateLimit, nowMs: number) {
    this.#from = from;
    this.#nowMs = nowMs;
    this.#pace = new SharedPace(limit);
    this.#day = limit.perDay === undefined ? undefined : new DayQuota(limit.perDay, from.day);
    this.#places = new Set(from.places.filter((untilMs) => untilMs > nowMs));
    this.#tickets = from.tickets.filter(({ untilMs }) => untilMs > nowMs);
    this.#nextUs = from.nextUs;
    this.#lastCost = from.lastCost;
    this.#strikes = from.strikes;
    const standing = standingQuiet(from, nowMs);
    // A circuit that was open lets one request try, and the others when that one is answered.
    const isOnTrial = standing !== undefined && (standing.reason === "unavailable" || standing.reason === "outage");
    this.#concurrency = isOnTrial ? 1 : Math.max(1, Math.floor(limit.concurrency));
  }

  answer(intent: Intent): Answer {
    switch (intent.kind) {
      case "ask":
        return this.#ask(intent);
      case "keep":
        this.#places.delete(intent.place);
        return { kind: "kept", place: this.#takePlace() };
      case "end":
        if (intent.place !== undefined) this.#places.delete(intent.place);
        this.#dropTicket(intent.ticket);
        if (intent.unspent) this.#day?.giveBack(intent.unspent.cost, intent.unspent.atMs);
        return { kind: "noted" };
      case "give-back":
        this.#giveBack(intent.slot, intent.cost);
        return { kind: "noted" };
      case "answered":
        if (intent.sentAtMs >= this.#from.closedUntilMs) this.#strikes = 0;
        return { kind: "noted" };
    }
  }

  done(): SharedState {
    this.#day?.remaining(this.#nowMs);
    return {
      ...this.#from,
      nextUs: this.#nextUs,
      lastCost: this.#lastCost,
      places: [...this.#places],
      tickets: this.#tickets,
      day: this.#day?.spent ?? this.#from.day,
      strikes: this.#strikes,
    };
  }

  #ask(ask: Ask): Answer {
    const quiet = this.#quiet(ask);
    if (quiet) {
      this.#dropTicket(ask.ticket);
      if (ask.place !== undefined) this.#places.delete(ask.place);
      return { kind: "closed", quiet };
    }
    // A process that stood still for long has lost its place.
    const heldPlace = ask.place !== undefined && this.#places.has(ask.place) ? ask.place : undefined;
    const cost = this.#pace.costOf(ask.cost);
    const held = ask.slot && toUs(this.#nowMs - ask.slot.lateMs) <= ask.slot.us ? ask.slot : undefined;
    const slot = held ?? { us: this.#nextUsFor(cost), lateMs: ask.lateMs };
    const isDue = slot.us <= toUs(this.#nowMs + (ask.leadMs ?? 0));
    const mayHavePlace = heldPlace !== undefined || this.#isPlaceFree(ask.ticket);
    if (!mayHavePlace && (isDue || ask.ticket !== undefined)) return this.#full(ask.ticket);
    if (!held) this.#reserve(slot, cost);
    this.#dropTicket(ask.ticket);
    // Who has waited for a place has it from here on; others get one when their slot has come.
    const place = isDue || ask.ticket !== undefined ? (heldPlace ?? this.#takePlace()) : heldPlace;
    if (!isDue || place === undefined) return { kind: "slot", slot, ...(place === undefined ? {} : { place }) };
    const standing = standingQuiet(this.#from, this.#nowMs);
    return { kind: "begin", slot, place, chargedAtMs: this.#charge(ask, slot), ...(standing ? { standing } : {}) };
  }

  #quiet(ask: Ask): Quiet | undefined {
    const { closedUntilMs, reason, strikes } = this.#from;
    if (closedUntilMs > this.#nowMs) return { untilMs: closedUntilMs, reason, strikes };
    if (ask.chargedAtMs !== undefined) return undefined;
    const untilMs = this.#day?.freeAt(Math.ceil(ask.cost), this.#nowMs) ?? this.#nowMs;
    return untilMs > this.#nowMs ? { untilMs, reason: "quota" } : undefined;
  }

  /** Counted at the last moment at which it may go out, so that it is freed no earlier than a day after it did. */
  #charge({ cost, chargedAtMs }: Ask, slot: Slot): number {
    if (chargedAtMs !== undefined) this.#day?.giveBack(Math.ceil(cost), chargedAtMs);
    const atMs = Math.ceil(slot.us / 1_000 + slot.lateMs);
    this.#day?.take(Math.ceil(cost), atMs);
    return atMs;
  }

  #nextUsFor(cost: number): number {
    const wider = this.#pace.gapUs(this.#lastCost, cost) - this.#pace.gapUs(this.#lastCost, 1);
    return Math.max(this.#nextUs + wider, toUs(this.#nowMs));
  }

  #reserve(slot: Slot, cost: number): void {
    this.#nextUs = this.#usAfter(slot, cost);
    this.#lastCost = cost;
  }

  #usAfter({ us, lateMs }: Slot, cost: number): number {
    return us + this.#pace.gapUs(cost, 1) + this.#pace.extraUs(lateMs);
  }

  /** Only the last slot can be given back, and of those the narrow ones: what was before a wide one is not known. */
  #giveBack(slot: Slot, cost: number): void {
    const isLast = this.#nextUs === this.#usAfter(slot, 1) && this.#pace.costOf(cost) === 1;
    if (isLast && slot.us > toUs(this.#nowMs)) this.#nextUs = slot.us;
  }

  #isPlaceFree(ticket: number | undefined): boolean {
    const before = this.#tickets.filter(({ since }) => ticket === undefined || since < ticket).length;
    return this.#places.size + before < this.#concurrency;
  }

  #takePlace(): number {
    let untilMs = this.#nowMs + PLACE_MS;
    while (this.#places.has(untilMs)) untilMs += 1;
    this.#places.add(untilMs);
    return untilMs;
  }

  #full(ticket: number | undefined): Answer {
    const since = ticket ?? Math.max(this.#nowMs, (this.#tickets.at(-1)?.since ?? 0) + 1);
    const known = this.#tickets.find((other) => other.since === since);
    // Not with each look: a state that stays as it is need not be written.
    if (known && known.untilMs - this.#nowMs > TICKET_MS / 2) return { kind: "full", ticket: since };
    const others = this.#tickets.filter((other) => other !== known);
    const untilMs = this.#nowMs + TICKET_MS;
    this.#tickets = [...others, { since, untilMs }].sort((a, b) => a.since - b.since);
    return { kind: "full", ticket: since };
  }

  #dropTicket(ticket: number | undefined): void {
    if (ticket !== undefined) this.#tickets = this.#tickets.filter(({ since }) => since !== ticket);
  }
}
