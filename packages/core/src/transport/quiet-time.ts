import type { RateLimit, ServiceFailure } from "../contract/index.ts";
import type { Quiet } from "./governor.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** 30 s, 60 s, 120 s … capped at an hour: what is waited if a service refuses and names no time. */
const DEFAULT_LADDER_MS = [30, 60, 120, 240, 480, 960, 1_920, 3_600].map((seconds) => seconds * SECOND_MS);
/** For long quotas without a time: they end once a day, so they are asked about by the hour at first. */
const QUOTA_LADDER_MS = [1, 2, 4, 8, 12].map((hours) => hours * HOUR_MS);
/** Lengthens, so that workers which were refused together do not return together. Never shortens. */
const JITTER_SHARE = 0.25;
/** A service that says "0 seconds" while refusing would be asked again at once, for ever. */
const SHORTEST_MS = SECOND_MS;
/** 9999-12-31: the last moment that every date format and database can hold. */
const END_OF_TIME_MS = 253_402_214_400_000;

/** A refusal, as far as it bears on the quiet that follows. */
export interface Refusal {
  readonly failure: Extract<ServiceFailure, { kind: "rate-limited" }>;
  /** From the answer's `Retry-After`. */
  readonly retryAfterMs: number | undefined;
  readonly sentAtMs: number;
  readonly arrivedAtMs: number;
}

/**
 * Turns a budget's refusals into quiet. A time that the service names holds as it is, the longer one if it names two;
 * else the ladder of the provider, or the default one, climbs with each refusal in a row.
 *
 * Requests under way at the same time are refused, or answered, together. Only one that was sent after a quiet tells
 * something new, so only such a refusal climbs and only such a success goes back to the foot.
 */
export class QuietTime {
  readonly #ladderMs: readonly number[];
  #strikes = 0;
  #lastQuietEndMs = Number.NEGATIVE_INFINITY;

  constructor(limit: Pick<RateLimit, "quietMs">) {
    this.#ladderMs = limit.quietMs?.length ? limit.quietMs : DEFAULT_LADDER_MS;
  }

  get strikes(): number {
    return this.#strikes;
  }

  /** Goes on from what an earlier process had seen. */
  resume(strikes: number, untilMs: number): void {
    this.#strikes = Math.max(this.#strikes, strikes);
    this.#lastQuietEndMs = Math.max(this.#lastQuietEndMs, untilMs);
  }

  /** @param jitter uniform in [0, 1) */
  afterRefusal(refusal: Refusal, jitter: number): Quiet {
    const { failure, retryAfterMs, sentAtMs, arrivedAtMs } = refusal;
    if (sentAtMs >= this.#lastQuietEndMs || this.#strikes === 0) this.#strikes += 1;
    const namedMs = longer(failure.retryAfterMs, retryAfterMs);
    const quietMs =
      namedMs ?? this.#rung(failure.quota ? QUOTA_LADDER_MS : this.#ladderMs) * (1 + JITTER_SHARE * jitter);
    const untilMs = Math.min(END_OF_TIME_MS, Math.ceil(arrivedAtMs + Math.max(SHORTEST_MS, quietMs)));
    this.#lastQuietEndMs = Math.max(this.#lastQuietEndMs, untilMs);
    return { untilMs, reason: failure.quota ? "quota" : "rate-limited" };
  }

  afterSuccess(sentAtMs: number): void {
    if (sentAtMs >= this.#lastQuietEndMs) this.#strikes = 0;
  }

  #rung(ladderMs: readonly number[]): number {
    return ladderMs[Math.min(this.#strikes, ladderMs.length) - 1] ?? SHORTEST_MS;
  }
}

/** What is no time at all (a provider may have computed it from a strange answer) counts as absent. */
function longer(one: number | undefined, other: number | undefined): number | undefined {
  const named = [one, other].filter((ms): ms is number => ms !== undefined && ms >= 0);
  return named.length > 0 ? Math.max(...named) : undefined;
}
