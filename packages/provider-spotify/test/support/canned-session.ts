import { createTransport, type Session, systemRandom } from "@syncer/core";
import { fastForwardClock } from "@syncer/testkit";
import { spotify } from "../../src/index.ts";

export const provider = spotify({ clientId: "an-app", clientSecret: "a-secret" });

/** A session whose service answers with these, one after the other; `requests` fills with what was asked. */
export function cannedSession(...answers: readonly (Response | object)[]): {
  readonly session: Session;
  readonly requests: URL[];
} {
  const requests: URL[] = [];
  const left = [...answers];
  const transport = createTransport({
    clock: fastForwardClock(),
    random: systemRandom,
    async fetch(input, init) {
      requests.push(new URL(new Request(input, init).url));
      const answer = left.shift();
      if (!answer) throw new RangeError("More requests than canned answers.");
      return answer instanceof Response ? answer : Response.json(answer);
    },
  });
  return { session: transport.session({ provider, tenantId: "test" }), requests };
}
