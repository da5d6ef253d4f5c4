import { createServer, type Server, type ServerResponse } from "node:http";
import { type AnyProvider, type Clock, defineProvider, type HttpRequest, type RateLimit } from "@syncer/core";
import { z } from "zod";
import type { SharedTime } from "../../crash/support/shared-clock.ts";

export interface ServiceSetting extends SharedTime {
  readonly server: string;
  readonly limits: Readonly<Record<string, RateLimit>>;
}

const anyLimit: RateLimit = { requests: 100, perMs: 1_000, concurrency: 10, sharedBy: "user" };

/** A service that answers what it is asked. */
export function serviceOf(name: string, { limits }: ServiceSetting): AnyProvider {
  return defineProvider<Record<never, never>, string, Record<never, never>>({
    contractVersion: 1,
    name,
    displayName: name,
    category: "music",
    authorization: {
      kind: "oauth2",
      client: { clientId: "client-1" },
      endpoints: { authorize: "https://id.example/authorize", token: "https://id.example/token" },
      pkce: true,
      clientAuthentication: "none",
      baseScopes: [],
    },
    transport: { classify: () => undefined, rateLimit: limits[name] ?? anyLimit },
    items: {},
    collections: {},
    profile: () => Promise.reject(new Error("not asked for")),
    health: () => Promise.reject(new Error("not asked for")),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "unclear",
      attribution: "",
      commercialUse: "allowed",
      newApplications: "",
      notes: [],
    },
  });
}

export function getThing(service: string, { server }: ServiceSetting): HttpRequest<unknown> {
  return {
    method: "GET",
    base: `${server}/${service}`,
    route: "/thing",
    schema: z.unknown(),
    purpose: "read",
    // Less than a real one, so that a stalled machine shows as a failure and not as a wait.
    timeoutMs: 600_000,
  };
}

export interface Arrival {
  readonly service: string;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/** Takes requests for all services and keeps when they came; `answer` may refuse one. */
export class CountingServer {
  readonly arrivals: Arrival[] = [];
  answer: (arrival: Arrival, response: ServerResponse) => void = (_, response) => response.end("{}");
  readonly #clock: Clock;
  readonly #server: Server;

  private constructor(clock: Clock) {
    this.#clock = clock;
    this.#server = createServer((request, response) => {
      const [, service = ""] = (request.url ?? "").split("/");
      const arrival = { service, sentAtMs: Number(request.headers["x-sent-at"]), atMs: this.#clock.now() };
      this.arrivals.push(arrival);
      response.setHeader("content-type", "application/json");
      this.answer(arrival, response);
    });
  }

  static async listen(clock: Clock): Promise<CountingServer> {
    const counting = new CountingServer(clock);
    await new Promise<void>((resolve) => counting.#server.listen(0, "127.0.0.1", resolve));
    return counting;
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  }

  of(service: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.service === service);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** The most of these times in any half-open window. */
export function fullestWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}
