import type { WaitingClock } from "../clock.ts";
import type { Dice } from "../seeded.ts";

/** Takes a notification to the address of a channel; the platform's `fetch` fits. */
export type NotificationFetch = (request: Request) => Promise<Response>;

/** A channel that an app has opened on a calendar's events. */
export interface GoogleChannel {
  readonly id: string;
  readonly resourceId: string;
  readonly resourceUri: string;
  readonly calendarId: string;
  readonly user: string;
  readonly project: string;
  readonly address: string;
  readonly token: string | undefined;
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly expiration: number;
  stopped: boolean;
  messageNumber: number;
}

/** One attempt to tell an app that something has changed. */
export interface NotificationAttempt {
  readonly channelId: string;
  readonly state: "sync" | "exists" | "not_exists";
  readonly messageNumber: number;
  /** HTTP status of the answer; `undefined`: none came, or the sandbox has no `notificationFetch`. */
  readonly status: number | undefined;
}

/** Answers after which Google tries again. */
const RETRIED = [500, 502, 503, 504];
const MOST_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1_000;

/** Open channels and what went out on them. */
export class Channels {
  readonly #clock: WaitingClock;
  readonly #dice: Dice;
  readonly #send: NotificationFetch | undefined;
  readonly #channels: GoogleChannel[] = [];
  readonly #attempts: NotificationAttempt[] = [];
  readonly #underWay = new Set<Promise<void>>();

  constructor(clock: WaitingClock, dice: Dice, send: NotificationFetch | undefined) {
    this.#clock = clock;
    this.#dice = dice;
    this.#send = send;
  }

  all(): readonly GoogleChannel[] {
    return [...this.#channels];
  }

  attempts(): readonly NotificationAttempt[] {
    return [...this.#attempts];
  }

  isOpen(channel: GoogleChannel): boolean {
    return !channel.stopped && this.#clock.now() < channel.expiration;
  }

  /** Opens a channel; its first message says so. */
  open(channel: GoogleChannel): void {
    this.#channels.push(channel);
    this.#notify(channel, "sync");
  }

  /** Tells all open channels of a calendar that something is new, or that the calendar is gone. */
  changed(calendarId: string, state: "exists" | "not_exists" = "exists"): void {
    for (const channel of this.#channels)
      if (channel.calendarId === calendarId && this.isOpen(channel)) this.#notify(channel, state);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #notify(channel: GoogleChannel, state: NotificationAttempt["state"]): void {
    // The numbers rise but are not consecutive, except that the first is 1.
    const step = this.#dice.roll("message", `${channel.id} ${channel.messageNumber}`, 3);
    channel.messageNumber += channel.messageNumber === 0 ? 1 : 1 + step;
    const run = this.#deliver(channel, state, channel.messageNumber).finally(() => this.#underWay.delete(run));
    this.#underWay.add(run);
  }

  async #deliver(channel: GoogleChannel, state: NotificationAttempt["state"], messageNumber: number): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await this.#clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
      const status = await this.#post(channel, state, messageNumber);
      this.#attempts.push({ channelId: channel.id, state, messageNumber, status });
      if (status === undefined || !RETRIED.includes(status)) return;
    }
  }

  async #post(channel: GoogleChannel, state: string, messageNumber: number): Promise<number | undefined> {
    const headers = new Headers({
      "x-goog-channel-id": channel.id,
      "x-goog-channel-expiration": new Date(channel.expiration).toUTCString(),
      "x-goog-resource-id": channel.resourceId,
      "x-goog-resource-uri": channel.resourceUri,
      "x-goog-resource-state": state,
      "x-goog-message-number": String(messageNumber),
    });
    if (channel.token !== undefined) headers.set("x-goog-channel-token", channel.token);
    try {
      const answer = await this.#send?.(new Request(channel.address, { method: "POST", headers }));
      return answer?.status;
    } catch {
      // Nobody answers: Google gives up on this message, as the answer is none of those it tries again after.
      return undefined;
    }
  }
}
