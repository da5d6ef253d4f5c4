import { createSyncEngine, keyring, type PairReport, type StorageAdapter, SyncerError } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";

export interface HostOptions {
  readonly storage: StorageAdapter;
  /** Address of the services' stand-ins. */
  readonly servicesUrl: string;
  /** 32 bytes, base64. */
  readonly encryptionKey: string;
  readonly spotify: { readonly clientId: string; readonly clientSecret: string };
  readonly deezer: { readonly appId: string; readonly appSecret: string };
}

/** A small host as one web-standard handler: connect, callback, plan, sync. Its one user is `user-1`. */
export function createHost({ storage, servicesUrl, encryptionKey, ...apps }: HostOptions) {
  const engine = createSyncEngine({
    providers: [
      spotify({
        ...apps.spotify,
        origins: { accounts: `${servicesUrl}/accounts.spotify.com`, api: `${servicesUrl}/api.spotify.com` },
      }),
      deezer({
        ...apps.deezer,
        origins: { connect: `${servicesUrl}/connect.deezer.com`, api: `${servicesUrl}/api.deezer.com` },
      }),
    ],
    storage,
    encryption: keyring({ current: "k1", keys: { k1: encryptionKey } }),
    userAgent: "packed-consumer/1.0",
  });
  const request = {
    userId: "user-1",
    pairs: [{ source: "spotify", target: "deezer", mode: "sync-from" }],
    type: "favorites",
  } as const;
  // @ts-expect-error a service that is not there does not compile, in the packed types either
  const impossible: Parameters<typeof engine.sync>[0]["pairs"][number]["target"] = "nowhere";

  async function answer(url: URL): Promise<unknown> {
    await engine.migrate();
    const [, action, service] = url.pathname.split("/");
    if (action === "connect" && (service === "spotify" || service === "deezer")) {
      // Spotify refuses `localhost`, Deezer refuses `127.0.0.1`.
      const redirectUrl = `http://${service === "spotify" ? "127.0.0.1" : "localhost"}:${url.port}/callback/${service}`;
      return await engine.connections.begin({ userId: request.userId, service, redirectUrl });
    }
    if (action === "callback" && (service === "spotify" || service === "deezer")) {
      const { connection } = await engine.connections.complete({ service, callbackUrl: url });
      return { service: connection.service, state: connection.state };
    }
    if (action === "plan") {
      const [plan] = (await engine.plan(request)).pairs;
      if (plan?.ok === false) throw plan.error;
      return { operations: plan?.operations.length };
    }
    if (action === "sync") {
      const [report] = (await engine.sync(request)).pairs;
      return report && brief(report);
    }
    return { impossible };
  }

  return async function handle({ url }: Request): Promise<Response> {
    try {
      return Response.json(await answer(new URL(url)));
    } catch (error) {
      if (!SyncerError.is(error)) throw error;
      return Response.json({ code: error.code, remedy: error.remedy }, { status: 400 });
    }
  };
}

function brief({ status, counts, requests, error }: PairReport) {
  return { status, counts, requests, ...(error ? { error: error.code } : {}) };
}
