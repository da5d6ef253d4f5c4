import { report } from "../../connections/connection-events.ts";
import { SyncerError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { type CallOptions, checkCallOptions } from "../requests/call-options.ts";
import type { PairOwner } from "../requests/pairs.ts";
import type { UnderWay } from "../runs/under-way.ts";
import type { ReceiveRequest, Wake, WebhookReceipt } from "../webhooks/receive.ts";
import type { RenewalReport, RenewDueOptions } from "../webhooks/renew-due.ts";
import type { WatchTarget } from "../webhooks/watched-collections.ts";
import type { ChannelInfo, StopReport } from "../webhooks/webhook-calls.ts";

const RENEW_EVERY_MS = 10 * 60_000;

/** Few hosts can be called, and of those few processes are. */
const loadCalls = () => import("../webhooks/webhook-calls.ts");

/**
 * Being called by services when something has changed there. A call only wakes the pairs of the collection, which read for
 * themselves; schedules go on beside it, because calls get lost. Goes with the connection.
 */
export class Webhooks {
  readonly #parts: EngineParts;
  readonly #underWay: UnderWay;
  readonly #wake: Wake;
  #lastRenewalAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts, underWay: UnderWay, wake: Wake) {
    this.#parts = parts;
    this.#underWay = underWay;
    this.#wake = wake;
  }

  /**
   * Asks services to call `address` when a collection changes. A collection of a connection has one channel: one that is open and
   * calls this address is left as it is; with another address it is replaced.
   *
   * Of a pair, the sides are watched whose changes its runs carry over, as far as their services can.
   * @param request.address public, `https:`; what comes in there is handed to {@link Webhooks.receive}
   * @throws {InvalidRequestError} `request.invalid`, `service.url-refused`, `pair.unknown`, `connection.unknown`, `connection.off`;
   *   `request.type-unsupported`: none of it can be watched
   * @throws {AuthorizationError} `auth.scope-missing`, `auth.reauthorization-required`
   * @throws {ServiceError} the service does not take the address, or fails; asking again is safe
   */
  async open(
    request: WatchTarget & { readonly address: string },
    options: CallOptions = {},
  ): Promise<readonly ChannelInfo[]> {
    const signal = this.#begin(options);
    return await this.#underWay.track(loadCalls().then(({ open }) => open(this.#parts, request, signal)));
  }

  /** A user's channels, the oldest first. */
  async list(owner: PairOwner): Promise<ChannelInfo[]> {
    return await (await loadCalls()).list(this.#parts, owner);
  }

  /**
   * Replaces channels before they end, those that no pair rests on excepted; stops those that were replaced; clears up after
   * processes that ended in the middle of it. To be called every hour or so: workers do it by themselves. Any number of processes may.
   *
   * A channel is due when less than a day of its life is left, or a fifth if that is more, or half if it lives that shortly.
   * @param nowMs what is due until then; default now
   */
  async renewDue(nowMs: number = this.#parts.clock.now(), options: RenewDueOptions = {}): Promise<RenewalReport> {
    const signal = this.#begin(options);
    return await this.#underWay.track(
      loadCalls().then(({ renewDue }) => renewDue(this.#parts, nowMs, options, signal)),
    );
  }

  /** As `renewDue`, beside other work, where some service can call and it was not done within the last ten minutes. */
  renewBeside(): void {
    const { clock, registry } = this.#parts;
    const now = clock.now();
    if (this.#underWay.stopping.aborted || !registry.hasWebhooks() || now - this.#lastRenewalAtMs < RENEW_EVERY_MS)
      return;
    this.#lastRenewalAtMs = now;
    this.#renewAllDue().catch((error: unknown) => {
      const code = SyncerError.is(error) ? error.code : "unexpected";
      report(this.#parts, { level: "warn", event: "channel.failed", code });
    });
  }

  async #renewAllDue(): Promise<void> {
    // Each round moves on the time of what it has dealt with, so that there is an end.
    for (let more = true; more && !this.#underWay.stopping.aborted; ) ({ more } = await this.renewDue());
  }

  /**
   * Ends channels. Of a pair, those that no other pair rests on.
   * @throws {InvalidRequestError} as `open`
   */
  async stop(target: WatchTarget, options: CallOptions = {}): Promise<StopReport> {
    const signal = this.#begin(options);
    return await this.#underWay.track(loadCalls().then(({ stop }) => stop(this.#parts, target, signal)));
  }

  /**
   * Takes in what came in at a channel's address, or was signed with a secret of `options.webhooks` (Standard Webhooks: the body is
   * `{ data: { connection_id | user_id, account_id?, tenant_id?, sync_type?, container_id? } }`): verified, and turned into a job for each active pair
   * of the collection, which begins ten seconds later, so that what comes in bursts is one run.
   * @throws {InvalidRequestError} `service.unknown`, `request.invalid`
   * @throws {QueueFullError} answer with 503: services deliver again
   */
  async receive(request: ReceiveRequest): Promise<WebhookReceipt> {
    this.#underWay.assertOpen();
    return await this.#underWay.track(loadCalls().then(({ receive }) => receive(this.#parts, request, this.#wake)));
  }

  #begin(options: CallOptions): AbortSignal {
    this.#underWay.assertOpen();
    checkCallOptions(options);
    return this.#underWay.signal(options.signal);
  }
}
