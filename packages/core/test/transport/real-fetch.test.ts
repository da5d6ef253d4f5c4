import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { MalformedAnswerError, OutcomeUnknownError } from "../../src/contract/index.ts";
import { createTransport } from "../../src/transport/create-transport.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { errorOf, fixedRandom, getTrack, providerOf, putTrack } from "./support/transport-lab.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A service on loopback, spoken to by the platform's own `fetch`; the last handler stays. */
async function service(...handlers: [Handler, ...Handler[]]) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    handlers[Math.min(asked, handlers.length) - 1]!(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Stands still, because the network is not seen by it: only the test moves time.
  const clock = virtualClock();
  const transport = createTransport({ fetch: globalThis.fetch, clock, random: fixedRandom(() => 0) });
  const controller = new AbortController();
  const { http } = transport.session({ provider: providerOf(), tenantId: "tenant", signal: controller.signal });
  return { base, http, clock, controller, asked: () => asked };
}

const fine: Handler = (_, response) => response.end('{"id":"t1"}');
const half = (response: ServerResponse): ServerResponse => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"id":"t1","name":"');
  return response;
};
const reached = (seen: { done: () => void }): Promise<void> =>
  new Promise((resolve) => Object.assign(seen, { done: resolve }));

describe("with the platform's fetch", () => {
  it("F10: fetches a page again whose connection was cut in the middle", async () => {
    const { base, http, clock, asked } = await service((_, response) => {
      half(response);
      setImmediate(() => response.destroy());
    }, fine);
    expect(await clock.run(http.request(getTrack({ base })))).toEqual({ id: "t1" });
    expect(asked()).toBe(2);
  });

  it("leaves a write unknown whose connection was cut before the answer", async () => {
    const { base, http, asked } = await service((request) => request.socket.destroy());
    expect(await errorOf(http.request(putTrack({ base })))).toBeInstanceOf(OutcomeUnknownError);
    expect(asked()).toBe(1);
  });

  it("does not follow a redirect", async () => {
    const { base, http, asked } = await service((_, response) =>
      response.writeHead(302, { location: "/elsewhere" }).end(),
    );
    expect(await errorOf(http.request(getTrack({ base })))).toBeInstanceOf(MalformedAnswerError);
    expect(asked()).toBe(1);
  });

  it.each(["time-out", "abort"])("gives up the connection of a body that stalls, by %s", async (way) => {
    const seen = { done: () => {} };
    const [begun, closed] = [reached(seen), { done: () => {} }];
    const whenClosed = reached(closed);
    const { base, http, clock, controller } = await service((_, response) => {
      half(response);
      response.on("close", () => closed.done());
      seen.done();
    });
    const cancelled = new Error("cancelled");
    // A write is waited for whoever cancels; a read is not.
    const request = way === "abort" ? getTrack({ base }) : putTrack({ base });
    const error = errorOf(http.request<unknown>({ ...request, timeoutMs: 5_000 }));
    await begun;
    if (way === "abort") controller.abort(cancelled);
    else await clock.advance(5_000);
    if (way === "abort") expect(await error).toBe(cancelled);
    else expect(await error).toBeInstanceOf(OutcomeUnknownError);
    await whenClosed;
  });
});
