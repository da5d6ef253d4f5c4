import assert from "node:assert/strict";
import { type Sandbox, signIn } from "@syncer/sandbox";
import { z } from "zod";

const FAVOURITES = 30;
const NEWCOMERS = 5;
const answers = {
  begun: z.object({ url: z.url() }),
  connected: z.object({ service: z.string(), state: z.literal("active") }),
  planned: z.object({ operations: z.int() }),
  synced: z.object({
    status: z.string(),
    counts: z.object({ added: z.int(), linked: z.int() }),
    requests: z.object({ source: z.record(z.string(), z.int()), target: z.record(z.string(), z.int()) }),
  }),
  refused: z.object({ code: z.string(), remedy: z.string() }),
} as const;

/** Anna's accounts. */
const ANNA = { spotify: "anna", deezer: 4_000_000_001 } as const;

/**
 * Goes through a host as its user would, from outside: refused without a connection, signed in at both services,
 * planned, synced, quiet, and synced again with tokens that have expired in the meantime.
 *
 * @returns what happened, in a line
 */
export async function driveHost(url: string, { control, catalogue }: Sandbox): Promise<string> {
  const saved = control.spotify.seedFavourites(ANNA.spotify, FAVOURITES);

  const refused = await ask(`${url}/sync`, answers.refused, 400);
  assert.equal(refused.code, "service.not-connected", "a sync before signing in is refused");

  for (const service of ["spotify", "deezer"] as const) {
    const { url: consentUrl } = await ask(`${url}/connect/${service}`, answers.begun);
    const callback = await signIn({ fetch, url: consentUrl, user: ANNA[service] });
    assert.equal(callback.port, new URL(url).port, "the service sends the user back to the host");
    callback.hostname = "127.0.0.1";
    assert.equal((await ask(callback.href, answers.connected)).service, service);
    assert.equal(
      (await ask(callback.href, answers.refused, 400)).code,
      "auth.state-unknown",
      "a state is good for one use",
    );
  }

  const { operations } = await ask(`${url}/plan`, answers.planned);
  assert.equal(control.deezer.favourites(ANNA.deezer).length, 0, "a plan writes nothing");

  const first = await ask(`${url}/sync`, answers.synced);
  assert.equal(first.status, "succeeded");
  assert.equal(first.counts.added, operations, "what was planned is what was done");
  assert.equal(control.deezer.favourites(ANNA.deezer).length, operations, "and Deezer has it");
  assert.ok(operations >= FAVOURITES * 0.8, `most of the library is found: ${operations}`);

  const quiet = await ask(`${url}/sync`, answers.synced);
  for (const { identity: _, ...asked } of [quiet.requests.source, quiet.requests.target]) {
    assert.deepEqual(asked, { probe: 1 }, "a quiet run asks each side once, beside who it speaks for");
  }

  control.spotify.expireAccessTokens();
  const newcomers = catalogue.spotify.originals.map(({ id }) => id).filter((id) => !saved.includes(id));
  control.spotify.seedFavourites(ANNA.spotify, newcomers.filter(catalogue.truth.deezerFor).slice(0, NEWCOMERS));
  const changed = await ask(`${url}/sync`, answers.synced);
  assert.equal(changed.status, "succeeded", "expired tokens are refreshed on the way");
  assert.ok(changed.counts.added > 0, "what is new travels");
  return `${operations} of ${FAVOURITES} travelled, then quiet, then ${changed.counts.added} more after a refresh`;
}

async function ask<T>(url: string, schema: z.ZodType<T>, status = 200): Promise<T> {
  const answer = await fetch(url);
  const text = await answer.text();
  assert.equal(answer.status, status, `${new URL(url).pathname} answered ${answer.status}: ${text.slice(0, 500)}`);
  return schema.parse(JSON.parse(text));
}
