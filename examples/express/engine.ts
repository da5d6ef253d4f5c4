import { createSyncEngine, keyring, type Logger, sharedGovernor } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { partsFromEnvironment } from "./parts.ts";

/**
 * The engine as this application configures it, from its environment. Both example processes (this server and the
 * worker) use it on the same database.
 */
export function engineFromEnvironment(env: NodeJS.ProcessEnv, options: { readonly logger?: Logger } = {}) {
  const sandbox = env.SANDBOX_URL;
  const origin = (host: string) => (sandbox ? `${sandbox}/${host}` : `https://${host}`);
  const { storage, queue } = partsFromEnvironment(env);
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
    storage,
    encryption: keyring({ current: "k1", keys: { k1: required(env, "ENCRYPTION_KEY") } }),
    // Server and workers ask the services as one client, so they share what it may ask.
    governor: sharedGovernor({ storage }),
    ...(queue ? { jobs: { queue } } : {}),
    ...options,
  });
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Set the environment variable ${name}.`);
  return value;
}
