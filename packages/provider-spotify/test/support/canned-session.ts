import { createTransport, type Session, systemRandom } from "@syncer/core";
import { fastForwardClock } from "@syncer/testkit";
import { spotify } from "../../src/index.ts";

export const provider = spotify({ clientId: "an-app", clientSecret: "a-secret" });

/** What a request did. */
interface Sent {
  readonly method: string;
  readonly json: unknown;
}

/**
 * A session whose service answers with these, one after the other; `requests` fills with what was asked, `sent` with methods and
 * bodies.
 */
export function cannedSession(...answers: readonly (Response | object)[]): {
  readonly session: Session;
  readonly requests: URL[];
  readonly sent: Sent[];
} {
  const requests: URL[] = [];
  const sent: Sent[] = [];
  const left = [...answers];
  const transport = createTransport({
    clock: fastForwardClock(),
    random: systemRandom,
    async fetch(input, init) {
      const request = new Request(input, init);
      requests.push(new URL(request.url));
      const body = await request.text();
      sent.push({ method: request.method, json: body === "" ? undefined : JSON.parse(body) });
      const answer = left.shift();
      if (!answer) throw new RangeError("More requests than canned answers.");
      return answer instanceof Response ? answer : Response.json(answer);
    },
  });
  return { session: transport.session({ provider, tenantId: "test" }), requests, sent };
}
