import { createSyncEngine, memoryStorage, systemClock } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { createSandbox, DEEZER_APP, SPOTIFY_APP, signIn } from "@syncer/sandbox";
import { REDIRECT } from "../../support/host.ts";
import { KEYS, requestOf } from "./fleet-engine.ts";
import { libraries, live, register } from "./people.ts";

/** What becomes of the same people's libraries where one process does one thing after another. */
export async function singleProcess(amount: number, rounds: number): Promise<Record<string, readonly string[]>> {
  // Fast, and slow enough that no answer is taken for a lost one.
  const clock = systemClock({ speed: 40 });
  const sandbox = createSandbox({ clock, regime: "EQM" });
  const people = register(sandbox, amount);
  await using engine = createSyncEngine({
    providers: [
      spotify({ clientId: SPOTIFY_APP.id, clientSecret: SPOTIFY_APP.secret }),
      deezer({ appId: DEEZER_APP.id, appSecret: DEEZER_APP.secret }),
    ],
    storage: memoryStorage(),
    encryption: KEYS,
    clock,
    fetch: sandbox.fetch,
  });
  for (const { userId, spotifyId, deezerId } of people) {
    for (const [service, user] of [
      ["spotify", spotifyId],
      ["deezer", deezerId],
    ] as const) {
      const { url } = await engine.connections.begin({ userId, service, redirectUrl: REDIRECT[service] });
      await engine.connections.complete({ service, callbackUrl: await signIn({ fetch: sandbox.fetch, url, user }) });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [index, person] of people.entries()) {
      live(sandbox, person, index, round);
      const [report] = (await engine.sync(requestOf(person.userId))).pairs;
      if (report?.status !== "succeeded" && report?.status !== "partial") {
        throw new Error(`round ${round} of ${person.userId} ended ${report?.status} ${report?.error?.code ?? ""}`);
      }
    }
  }
  return libraries(sandbox, people);
}
