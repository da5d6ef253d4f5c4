import {
  DeferredError,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  OutcomeUnknownError,
  ServiceError,
  serviceError,
} from "../contract/index.ts";
import { InvalidRequestError } from "../errors/index.ts";
import type { Clock, LogEvent, Random } from "../ports/index.ts";
import { type AbortHub, abortable } from "./abort.ts";
import { backOffMs } from "./back-off.ts";
import { type BuiltRequest, buildRequest } from "./build-request.ts";
import { decideNext } from "./decide-next.ts";
import { assertPublicUrl } from "./public-url.ts";
import { type AttemptReading, readAttempt } from "./read-attempt.ts";
import type { SendOnce, WireResult } from "./send-once.ts";
import type { ServiceBudget } from "./service-budget.ts";
import type { SessionOptions } from "./types.ts";

export const DEFAULT_TIMEOUT_MS = 30_000;
/** A signal that never aborts. Made when it is needed: runtimes of workers allow none while a module loads. */
function never(): AbortSignal {
  return new AbortController().signal;
}
const DEFAULT_MAX_WAIT_MS = 60_000;
const TOKEN_GOOD_FOR_MS = 10_000;
/** By how much longer after each turn that a token was too slow for: a storage that stays slow must not hold requests up for ever. */
const TOKEN_PATIENCE = 6;
/**
 * How long a turn may wait for a token: a look into a database near by, not a refresh. What goes out later than its turn comes
 * close to those behind it, and a window of the service holds more than it may. Budgets have a margin of this size for windows
 * of some seconds.
 */
const TURN_GOOD_FOR_MS = 50;

export interface ClientParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly sendOnce: SendOnce;
  readonly userAgent: string;
  readonly log: (event: Omit<LogEvent, "atMs">) => void;
  readonly budget: () => Promise<ServiceBudget>;
  readonly abort: AbortHub;
}

interface Token {
  readonly value: string;
  readonly atMs: number;
}

interface GivenToAttempt {
  /** From 1: which of the request's attempts it is. */
  readonly number: number;
  readonly token: Token | undefined;
  /** How old the token may be. */
  readonly goodForMs: number;
}

interface Attempt<T> extends AttemptReading<T> {
  readonly token: Token | undefined;
}

/** The circuit did not let it out; try again after `wait`. */
interface Held {
  readonly wait: Promise<void>;
}

/** The token came too late for the turn, which has passed; line up again with it. */
interface Missed {
  readonly missedFor: Token | undefined;
}

/** The HTTP client of one session: line → circuit → request → judgement → next step, until there is an end. */
export class SessionClient implements HttpClient {
  readonly #options: SessionOptions;
  readonly #parts: ClientParts;
  readonly #service: string;

  constructor(options: SessionOptions, parts: ClientParts) {
    this.#options = options;
    this.#parts = parts;
    this.#service = options.provider.name;
  }

  async request<T>(request: HttpRequest<T>): Promise<T> {
    return (await this.exchange(request)).body;
  }

  exchange<T>(request: HttpRequest<T>): Promise<HttpAnswer<T>> {
    return this.#parts.abort.scope(async (signal) => {
      // Built here once for its errors: a request that cannot be sent takes nobody's turn.
      assertNumbers(this.#service, request);
      buildRequest(this.#service, request, this.#parts.userAgent).body();
      const budget = await this.#parts.budget();
      return this.#untilSettled(request, budget, signal);
    });
  }

  async #untilSettled<T>(request: HttpRequest<T>, budget: ServiceBudget, signal: AbortSignal): Promise<HttpAnswer<T>> {
    const { clock, random } = this.#parts;
    const { tokens, tenantId, connectionId, maxWaitMs = DEFAULT_MAX_WAIT_MS } = this.#options;
    const claim = { party: connectionId ?? tenantId, cost: request.cost ?? 1, maxWaitMs, signal };
    const repeatable = isRepeatable(request);
    let [failed, refused, sent] = [0, 0, 0];
    let token = await this.#tokenNow(signal);
    let goodForMs = TOKEN_GOOD_FOR_MS;
    let renewed = false;
    for (;;) {
      const given = { number: sent + 1, token, goodForMs };
      const attempt = await budget.run(claim, () => this.#attempt(request, budget, signal, given));
      if ("missedFor" in attempt) {
        token = attempt.missedFor;
        goodForMs *= TOKEN_PATIENCE;
        continue;
      }
      if ("wait" in attempt) {
        await abortable(attempt.wait, signal);
        continue;
      }
      sent += 1;
      const { outcome, answer, error, refusal } = attempt;
      token = attempt.token;
      if (outcome.kind === "rate-limited") refused += 1;
      if (outcome.kind === "lost" || outcome.kind === "unavailable") failed += 1;
      const history = { failed, refused, renewed, canRenew: tokens !== undefined };
      const step = decideNext(outcome, repeatable, history);
      if (step === "accept" && answer) return answer;
      if (step === "throw") throw error;
      if (step === "defer") throw new DeferredError(this.#service, await this.#quietEnd(budget), { cause: error });
      if (step === "outcome-unknown") throw new OutcomeUnknownError(this.#service, request.route, { cause: error });
      if (step === "renew-token" && tokens && token) {
        token = { value: await abortable(tokens.renew(token.value), signal), atMs: clock.now() };
        renewed = true;
      }
      // A quiet that the answer asked for is waited out in line, and is longer than any back-off.
      if (step === "back-off" && !refusal) await clock.sleep(backOffMs(failed, random.uniform()), signal);
    }
  }

  /** Runs in its turn: nothing here waits but for the token, the service, and the store that keeps its refusals. */
  async #attempt<T>(
    request: HttpRequest<T>,
    budget: ServiceBudget,
    signal: AbortSignal,
    { number, token: heldToken, goodForMs }: GivenToAttempt,
  ): Promise<Attempt<T> | Held | Missed> {
    const { clock, sendOnce, userAgent } = this.#parts;
    const { provider, meter } = this.#options;
    const admission = budget.admit();
    if (admission.kind === "open") return { wait: Promise.resolve() };
    if (admission.kind === "trial-running") return { wait: admission.over };
    const turnAtMs = clock.now();
    let sentAtMs: number | undefined;
    try {
      const token = await this.#freshToken(heldToken, goodForMs, signal);
      if (clock.now() - turnAtMs > TURN_GOOD_FOR_MS) {
        budget.abandoned(admission.trial);
        return { missedFor: token };
      }
      const built = buildRequest(this.#service, request, userAgent);
      if (token) this.#authorize(request, built, token.value);
      const { method, url, headers } = built;
      // Each time: a name may point elsewhere by now.
      if (provider.transport.addresses) await assertPublicUrl(url, provider.transport.addresses);
      const timeoutMs = request.timeoutMs ?? provider.transport.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      // A meter may refuse by throwing; up to here nothing has been sent.
      meter?.count(request.purpose, request.cost ?? 1);
      sentAtMs = clock.now();
      // A write that is on its way is waited for: cut off, it may have happened all the same. Its time-out bounds that.
      const heeded = request.purpose === "write" ? never() : signal;
      const result = await sendOnce({ method, url, headers, body: built.body(), timeoutMs }, heeded);
      const times = { sentAtMs, arrivedAtMs: clock.now(), timeoutMs };
      const reading = readAttempt(provider, request, result, times);
      this.#logAttempt(request, result, reading, sentAtMs, number);
      await this.#tell(budget, admission.trial, reading, sentAtMs);
      return { ...reading, token };
    } catch (error) {
      budget.abandoned(admission.trial);
      if (sentAtMs === undefined || isRepeatable(request)) throw error;
      throw new OutcomeUnknownError(this.#service, request.route, { cause: error });
    }
  }

  async #tokenNow(signal: AbortSignal): Promise<Token | undefined> {
    const { tokens } = this.#options;
    if (!tokens) return undefined;
    return { value: await abortable(tokens.current(), signal), atMs: this.#parts.clock.now() };
  }

  /**
   * The token is fetched before lining up, so that a refresh takes nobody's place and no time between the turn and the
   * sending; after a long wait it may have been replaced, and is asked for again. Where that takes long, the turn is missed.
   */
  #freshToken(held: Token | undefined, goodForMs: number, signal: AbortSignal): Promise<Token | undefined> {
    if (!held || this.#parts.clock.now() - held.atMs <= goodForMs) return Promise.resolve(held);
    return this.#tokenNow(signal);
  }

  #authorize<T>(request: HttpRequest<T>, built: BuiltRequest, token: string): void {
    const { transport, authorization } = this.#options.provider;
    const { authorize } = transport;
    const scheme = authorization.kind === "basic" ? "Basic" : "Bearer";
    try {
      if (authorize) authorize(token, built);
      else built.headers.set("authorization", `${scheme} ${token}`);
    } catch {
      // The platform quotes the header, and so the token, in its error.
      throw serviceError(this.#service, request.route, 0, {
        kind: "reauthorization-required",
        reason: "token-unusable",
      });
    }
  }

  /** Tells the budget, so that all sessions on it know. */
  async #tell<T>(budget: ServiceBudget, trial: boolean, reading: AttemptReading<T>, sentAtMs: number): Promise<void> {
    const { outcome, refusal, error } = reading;
    if (refusal) return budget.answered(trial, sentAtMs, refusal);
    if (outcome.kind === "lost" || outcome.kind === "unavailable") return budget.failed(trial, { kind: "unavailable" });
    if (error instanceof ServiceError && error.failure.kind === "outage") return budget.failed(trial, error.failure);
    return budget.answered(trial, sentAtMs, undefined);
  }

  async #quietEnd(budget: ServiceBudget): Promise<number> {
    return (await budget.status()).closedUntilMs ?? this.#parts.clock.now();
  }

  #logAttempt<T>(
    { method, route }: HttpRequest<T>,
    result: WireResult,
    { outcome }: AttemptReading<T>,
    sentAtMs: number,
    attempt: number,
  ): void {
    const { tenantId, connectionId } = this.#options;
    this.#parts.log({
      level: "debug",
      event: "http.request",
      service: this.#service,
      tenantId,
      ...(connectionId === undefined ? {} : { connectionId }),
      method,
      route,
      ...(result.kind === "answer" ? { status: result.status } : {}),
      durationMs: this.#parts.clock.now() - sentAtMs,
      attempt,
      ...(outcome.kind === "fine" ? {} : { code: result.kind === "lost" ? result.how : outcome.kind }),
    });
  }
}

function isRepeatable<T>({ method, repeatable }: HttpRequest<T>): boolean {
  return repeatable ?? method === "GET";
}

function assertNumbers<T>(service: string, { route, cost, timeoutMs }: HttpRequest<T>): void {
  for (const [name, value] of Object.entries({ cost, timeoutMs })) {
    if (value === undefined || (value > 0 && Number.isFinite(value))) continue;
    const problem = `\`${name}\` is ${value}; expected a finite number above 0.`;
    throw new InvalidRequestError("request.invalid", { path: `${service} ${route}`, problem });
  }
}
