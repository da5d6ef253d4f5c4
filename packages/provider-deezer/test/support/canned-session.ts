import { createTransport, type Session, systemRandom } from "@syncer/core";
import { fastForwardClock } from "@syncer/testkit";
import { deezer } from "../../src/index.ts";

export const provider = deezer({ appId: "500001", appSecret: "a-secret" });

/** One request as the service sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly form: string;
}

/** A session whose service answers with these bodies, one after the other; `requests` fills with what was asked. */
export function cannedSession(...answers: readonly unknown[]): {
  readonly session: Session;
  readonly requests: SeenRequest[];
} {
  const requests: SeenRequest[] = [];
  const left = [...answers];
  const transport = createTransport({
    clock: fastForwardClock(),
    random: systemRandom,
    async fetch(input, init) {
      const request = new Request(input, init);
      requests.push({ method: request.method, url: new URL(request.url), form: await request.text() });
      if (left.length === 0) throw new RangeError("More requests than canned answers.");
      return Response.json(left.shift());
    },
  });
  const tokens = { current: async () => "a-token", renew: async () => "a-token" };
  return { session: transport.session({ provider, tenantId: "test", connectionId: "c1", tokens }), requests };
}
