import { createSyncEngine, keyring, type SyncListener } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { googleCalendar } from "@syncer/provider-google-calendar";
import { spotify } from "@syncer/provider-spotify";
import { DEEZER_APP, GOOGLE_APP, SPOTIFY_APP } from "@syncer/sandbox";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { sharedClock } from "./clock.ts";

/** Where a process of the demo finds services, database, key and time; as JSON it fits into its environment. */
export interface Setting {
  readonly server: string;
  readonly file: string;
  /** Base64. */
  readonly key: string;
  readonly epochMs: number;
  readonly speed: number;
}

/** The engine of one process; the same in each. */
export function demoEngine(setting: Setting, onEvent?: SyncListener) {
  const { server, file, key } = setting;
  return createSyncEngine({
    providers: [
      spotify({
        clientId: SPOTIFY_APP.id,
        clientSecret: SPOTIFY_APP.secret,
        origins: { accounts: `${server}/accounts.spotify.com`, api: `${server}/api.spotify.com` },
      }),
      deezer({
        appId: DEEZER_APP.id,
        appSecret: DEEZER_APP.secret,
        origins: { connect: `${server}/connect.deezer.com`, api: `${server}/api.deezer.com` },
      }),
      googleCalendar({
        clientId: GOOGLE_APP.id,
        clientSecret: GOOGLE_APP.secret,
        origins: {
          accounts: `${server}/accounts.google.com`,
          oauth: `${server}/oauth2.googleapis.com`,
          userinfo: `${server}/openidconnect.googleapis.com`,
          api: `${server}/www.googleapis.com`,
        },
      }),
    ],
    storage: sqlite(file),
    encryption: keyring({ current: "demo", keys: { demo: key } }),
    clock: sharedClock(setting),
    ...(onEvent ? { onEvent } : {}),
  });
}
