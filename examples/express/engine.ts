import { createSyncEngine, keyring } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { sqlite } from "@syncer/storage-adapters/sqlite";

/**
 * The engine as this application configures it, from its environment. Both example processes (this server and the
 * worker) use it on the same database file.
 */
export function engineFromEnvironment(env: NodeJS.ProcessEnv) {
  const sandbox = env.SANDBOX_URL;
  const origin = (host: string) => (sandbox ? `${sandbox}/${host}` : `https://${host}`);
  return createSyncEngine({
    providers: [
      spotify({
        clientId: required(env, "SPOTIFY_CLIENT_ID"),
        clientSecret: required(env, "SPOTIFY_CLIENT_SECRET"),
        origins: { accounts: origin("accounts.spotify.com"), api: origin("api.spotify.com") },
      }),
      deezer({
        appId: required(env, "DEEZER_APP_ID"),
        appSecret: required(env, "DEEZER_APP_SECRET"),
        origins: { connect: origin("connect.deezer.com"), api: origin("api.deezer.com") },
      }),
    ],
    storage: sqlite(env.DATABASE_URL ?? "syncer.db"),
    encryption: keyring({ current: "k1", keys: { k1: required(env, "ENCRYPTION_KEY") } }),
  });
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Set the environment variable ${name}.`);
  return value;
}
