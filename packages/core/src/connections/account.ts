import { type AnyProvider, MalformedAnswerError, type UserProfile } from "../contract/index.ts";
import { sealContext, type TenantHasher } from "../crypto/index.ts";
import { AuthorizationError } from "../errors/index.ts";
import type { Encryption } from "../ports/index.ts";
import type { TokenSource, Transport } from "../transport/types.ts";
import type { ConnectionRow } from "./connection-rows.ts";

/** What a row says of the account behind it. */
export type AccountColumns = Pick<ConnectionRow, "account_hash" | "account_id" | "account_name">;

/** Asks the service who is signed in; one request. */
export async function readProfile(
  { transport }: { readonly transport: Transport },
  provider: AnyProvider,
  session: {
    readonly tenantId: string;
    readonly tokens?: TokenSource;
    readonly accountId?: string;
    readonly serverUrl?: string;
    readonly grantedScopes: readonly string[];
    readonly maxWaitMs?: number;
  },
): Promise<UserProfile> {
  const profile = await provider.profile(transport.session({ provider, ...session }));
  // Two accounts with an empty id would be taken for one.
  if (profile.externalId === "") throw new MalformedAnswerError(provider.name, "the profile", "it has no account id");
  return profile;
}

/** A token straight from the exchange: there is nothing to renew it with yet. */
export function justIssued(service: string, accessToken: string): TokenSource {
  return {
    current: async () => accessToken,
    renew: async () => {
      throw new AuthorizationError("auth.reauthorization-required", {
        service,
        connectionId: "being made",
        reason: "token-refused",
      });
    },
  };
}

/** The hash that an account is found by, and those it may have been stored under before. The first is the present one. */
export function accountHashes(hasher: TenantHasher, service: string, profile: UserProfile): [string, ...string[]] {
  const hashOf = (id: string) => hasher.hash("account", `${service}\n${id}`);
  return [hashOf(profile.externalId), ...(profile.otherIds ?? []).map(hashOf)];
}

/**
 * For an account that the service failed to tell. Such a connection is unlike every other one until a later session
 * finds out; only then is it known whether the user had connected that account before.
 */
export function unknownAccount(hasher: TenantHasher, connectionId: string): AccountColumns {
  return { account_hash: hasher.hash("unknown-account", connectionId), account_id: null, account_name: null };
}

/** @param before a name that the service does not tell this time is kept */
export async function sealAccount(
  encryption: Encryption,
  hasher: TenantHasher,
  owner: { readonly id: string; readonly tenant_id: string },
  service: string,
  profile: UserProfile,
  before: { readonly account_name: string | null },
): Promise<AccountColumns> {
  const name = profile.displayName ?? profile.username;
  const [accountId, accountName] = await Promise.all([
    encryption.seal(profile.externalId, sealContext("user_services", "account_id", owner)),
    name === undefined
      ? before.account_name
      : encryption.seal(name, sealContext("user_services", "account_name", owner)),
  ]);
  return {
    account_hash: accountHashes(hasher, service, profile)[0],
    account_id: accountId,
    account_name: accountName,
  };
}
