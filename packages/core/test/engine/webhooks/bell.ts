import {
  type ChannelNotice,
  type ReceiveRequest,
  serviceError,
  type WatchRequest,
  type WebhookCapability,
} from "../../../src/index.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";
import type { Passing } from "../support/invented-service.ts";

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;

type Call = "watch" | "renew" | "stop";

/** A channel, as the service knows it. */
export interface Watched extends WatchRequest {
  readonly resourceId: string;
  readonly expiresAtMs: number;
  readonly stopped: boolean;
}

/** The part of an invented service that calls: strict about what it is asked, and willing to fail in any way. */
export class Bell {
  readonly #clock: VirtualClock;
  readonly #name: string;
  readonly channels = new Map<string, Watched>();
  readonly calls: Call[] = [];
  passing: Passing = () => {};
  /** What a call fails with, before it takes effect or after it has. */
  failing: (call: Call, moment: "before" | "after") => unknown = () => undefined;
  /** Makes the first call of a channel, while `watch` is not answered yet. */
  first: ((delivery: ReceiveRequest) => Promise<unknown>) | undefined;
  maxTtlMs = WEEK_MS;
  /** The life that it really gives. */
  ttlMs = WEEK_MS;
  lengthens = false;

  constructor(name: string, clock: VirtualClock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** The channels by which it calls now. */
  get live(): readonly Watched[] {
    return [...this.channels.values()].filter((one) => !one.stopped && one.expiresAtMs > this.#clock.now());
  }

  /** The only one. */
  get one(): Watched {
    const [channel, ...others] = this.live;
    if (!channel || others.length > 0) throw new Error(`${this.live.length} channels are live`);
    return channel;
  }

  counted(call: Call): number {
    return this.calls.filter((one) => one === call).length;
  }

  /** What comes in at the host when something has changed. */
  ring(channel: Watched, told: Partial<ChannelNotice> & { readonly service?: string } = {}): ReceiveRequest {
    const { service = this.#name, ...notice } = told;
    const { channelId, token, resourceId } = channel;
    const headers = Object.entries({ channelId, token, resourceId, state: "changed", ...notice });
    return { service, headers: headers.map(([name, value]): [string, string] => [`x-${name}`, String(value)]) };
  }

  /** Several in one delivery. */
  ringAll(notices: readonly unknown[]): ReceiveRequest {
    return { service: this.#name, headers: {}, body: new TextEncoder().encode(JSON.stringify(notices)) };
  }

  failure(kind: "not-found" | "unavailable" | "rate-limited") {
    return serviceError(this.#name, "/watch", 500, { kind });
  }

  refusal(reason = "address-not-verified") {
    return serviceError(this.#name, "/watch", 403, { kind: "forbidden", reason });
  }

  capability(): WebhookCapability {
    return {
      maxTtlMs: this.maxTtlMs,
      watch: (_, request) => this.#call("watch", () => this.#watch(request)),
      stop: async (_, ref) => void (await this.#call("stop", async () => this.#change(ref, { stopped: true }))),
      ...(this.lengthens
        ? {
            renew: (_, ref) =>
              this.#call("renew", async () => {
                const channel = this.channels.get(ref.channelId);
                if (!channel || !this.live.includes(channel)) throw this.failure("not-found");
                return this.#change(ref, { expiresAtMs: this.#clock.now() + Math.min(this.ttlMs, ref.ttlMs) });
              }),
          }
        : {}),
      read: ({ headers, body }) => {
        if (body.length > 0) return JSON.parse(new TextDecoder().decode(body)) as ChannelNotice[];
        const [channelId, token, resourceId] = ["channelId", "token", "resourceId"].map((name) =>
          headers.get(`x-${name}`),
        );
        const state = headers.get("x-state") as ChannelNotice["state"] | null;
        if (!channelId || !token || !state) return undefined;
        return { channelId, token, state, ...(resourceId ? { resourceId } : {}) };
      },
    };
  }

  async #call<T>(call: Call, act: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    this.passing("before", call);
    const before = this.failing(call, "before");
    if (before !== undefined) throw before;
    const result = await act();
    this.passing("after", call);
    const after = this.failing(call, "after");
    if (after !== undefined) throw after;
    return result;
  }

  async #watch(request: WatchRequest): Promise<Watched> {
    const { channelId, token, address, ttlMs } = request;
    if (!/^[\w-]{1,64}$/.test(channelId) || this.channels.has(channelId)) throw new TypeError("channelId");
    if (!/^[\w-]{43}$/.test(token)) throw new TypeError("token");
    if (!address.startsWith("https://") || ttlMs !== this.maxTtlMs) throw new TypeError("address or ttlMs");
    const channel: Watched = {
      ...request,
      resourceId: `resource-${this.channels.size}-of-${request.containerId}`,
      expiresAtMs: this.#clock.now() + Math.min(this.ttlMs, ttlMs),
      stopped: false,
    };
    this.channels.set(channelId, channel);
    await this.first?.(this.ring(channel, { state: "opened" }));
    return channel;
  }

  #change(ref: { readonly channelId: string; readonly resourceId: string }, change: Partial<Watched>): Watched {
    const channel = this.channels.get(ref.channelId);
    if (!channel || channel.resourceId !== ref.resourceId) throw new TypeError("no such channel");
    const changed = { ...channel, ...change };
    this.channels.set(ref.channelId, changed);
    return changed;
  }
}
