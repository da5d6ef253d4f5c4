import type { Session } from "../contract/index.ts";
import { sealContext } from "../crypto/index.ts";
import type { SessionOptions } from "../transport/types.ts";
import type { ConnectionRow } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import type { identifyAccount } from "./identify-account.ts";
import { assertAuthorized } from "./require-reauthorization.ts";
import { readScopes } from "./scopes.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** Puts a connection to use: its account opened, its tokens behind a source that keeps them good. */
export async function openSession(
  options: ConnectionsOptions,
  keeper: TokenKeeper,
  row: ConnectionRow,
  more: Pick<SessionOptions, "signal" | "meter" | "maxWaitMs">,
): Promise<Session> {
  const provider = options.providers.get(row.service);
  assertAuthorized(row);
  const tokens = provider.authorization.kind === "none" ? undefined : keeper.source(row);
  const identified = tokens && row.account_id === null ? await identify(options, provider, row, tokens) : row;
  const accountId =
    identified.account_id === null
      ? undefined
      : await options.encryption.open(identified.account_id, sealContext("user_services", "account_id", identified));
  const serverUrl =
    row.server_url === null
      ? undefined
      : await options.encryption.open(row.server_url, sealContext("user_services", "server_url", row));
  return options.transport.session({
    provider,
    tenantId: row.tenant_id,
    connectionId: row.id,
    ...(accountId === undefined ? {} : { accountId }),
    ...(serverUrl === undefined ? {} : { serverUrl }),
    ...(tokens ? { tokens } : {}),
    grantedScopes: readScopes(identified.scopes),
    ...more,
  });
}

/** Rarely needed: services tell at sign-in whose account it is. */
async function identify(...given: Parameters<typeof identifyAccount>): ReturnType<typeof identifyAccount> {
  const { identifyAccount } = await import("./identify-account.ts");
  return await identifyAccount(...given);
}
