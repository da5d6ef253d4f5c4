import { createSyncEngine, keyring, memoryStorage } from "@syncer/core";
import { createHttpHandler } from "@syncer/http";
import { deezer } from "@syncer/provider-deezer";
import openapiTS, { astToString } from "openapi-typescript";

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly servers?: unknown }>>>>;
}

const HEAD = "// Made of the description by `npm run generate:client`; a test holds it to that.\n";

/** The types of the client, as text: all routes below the base path. */
export async function clientTypes(): Promise<string> {
  const engine = createSyncEngine({
    // The routes are the same whatever the services are.
    providers: [deezer({ appId: "1", appSecret: "none" })],
    storage: memoryStorage(),
    encryption: keyring({ current: "k", keys: { k: Buffer.alloc(32, 1).toString("base64") } }),
  });
  const handler = createHttpHandler({ engine, user: () => undefined, redirectUrls: [] });
  const description = JSON.parse(JSON.stringify(handler.openApi())) as Description;
  const below = Object.entries(description.paths).filter(([, methods]) =>
    Object.values(methods).every(({ servers }) => servers === undefined),
  );
  const types = await openapiTS({ ...description, paths: Object.fromEntries(below) } as never, { exportType: false });
  return `${HEAD}${astToString(types)}`;
}
