import type { OAuthTokens } from "../contract/index.ts";
import type { TokenSource } from "../transport/types.ts";
import { oauth2Of } from "./authorization-of.ts";
import { type ConnectionRow, refTo } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import { assertAuthorized } from "./require-reauthorization.ts";
import { createTokenCache, type HeldTokens } from "./token-cache.ts";
import {
  needsRenewal,
  type RefreshContext,
  type RenewalReason,
  readTokens,
  refreshTokens,
  type UnsavedAnswers,
} from "./token-refresh.ts";

/** Gives tokens that are good now. One for all sessions of a process, so that a connection is refreshed once. */
export interface TokenKeeper {
  current(row: ConnectionRow): Promise<OAuthTokens>;
  /** @param refused the access token that the service has just refused */
  renew(row: ConnectionRow, refused: string): Promise<OAuthTokens>;
  /** Renews them although they seem good; also where the service refused before. */
  refresh(row: ConnectionRow): Promise<ConnectionRow>;
  /** Forgets what is in memory, after the connection was changed or erased. */
  forget(connectionId: string): void;
  /** What a session takes its tokens from. */
  source(row: ConnectionRow): TokenSource;
}

export function createTokenKeeper(options: ConnectionsOptions): TokenKeeper {
  const cache = createTokenCache(options.clock);
  const flights = new Map<string, Promise<HeldTokens>>();
  const unsaved: UnsavedAnswers = new Map();

  function contextOf(row: ConnectionRow): RefreshContext {
    const provider = options.providers.get(row.service);
    // A password is good until the server refuses it, and nothing renews it.
    if (provider.authorization.kind === "basic") return { options, provider, authorization: undefined, unsaved };
    return { options, provider, authorization: oauth2Of(provider, "engine.connections.session()"), unsaved };
  }

  /** Joins the refresh that is under way, if it will do. */
  async function renewed(context: RefreshContext, row: ConnectionRow, why: RenewalReason): Promise<HeldTokens> {
    for (let flight = flights.get(row.id); flight; flight = flights.get(row.id)) {
      const held = await flight;
      if (!needsRenewal(context, held, why)) return held;
    }
    const flight = refreshTokens(context, refTo(row), why)
      .then((held) => {
        cache.put(held);
        return held;
      })
      .catch((error: unknown) => {
        cache.drop(row.id);
        throw error;
      })
      .finally(() => flights.delete(row.id));
    flights.set(row.id, flight);
    return flight;
  }

  const keeper: TokenKeeper = {
    async current(row) {
      const context = contextOf(row);
      let held = cache.get(row.id);
      if (!held) {
        held = await readTokens(options, refTo(row));
        assertAuthorized(held.row);
        cache.put(held);
      }
      const why = { kind: "ending" } as const;
      return (needsRenewal(context, held, why) ? await renewed(context, row, why) : held).tokens;
    },
    async renew(row, refused) {
      return (await renewed(contextOf(row), row, { kind: "refused", accessToken: refused })).tokens;
    },
    async refresh(row) {
      const why = { kind: "asked", tokenVersion: row.token_version } as const;
      return (await renewed(contextOf(row), row, why)).row;
    },
    forget: (connectionId) => cache.drop(connectionId),
    source: (row) => ({
      current: async () => (await keeper.current(row)).accessToken,
      renew: async (refused) => (await keeper.renew(row, refused)).accessToken,
    }),
  };
  return keeper;
}
