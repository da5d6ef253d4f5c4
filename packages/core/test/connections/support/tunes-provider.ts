import { z } from "zod";
import {
  type AnyProvider,
  defineProvider,
  type OAuth2Authorization,
  type RawAnswer,
} from "../../../src/contract/index.ts";
import { CLIENT } from "./tunes-service.ts";

export const tunesAuthorization: OAuth2Authorization = {
  kind: "oauth2",
  client: CLIENT,
  endpoints: {
    authorize: "https://tunes.example/authorize?theme=dark",
    token: "https://tunes.example/token",
    revoke: "https://tunes.example/revoke",
  },
  pkce: true,
  clientAuthentication: "basic",
  baseScopes: ["profile"],
  refreshTokenLifetimeMs: 180 * 86_400_000,
  redirectProblem: (url) => (url.hostname === "localhost" ? "it refuses the name localhost." : undefined),
};

const profileSchema = z.object({ id: z.string(), name: z.string(), email: z.string().optional() });

function classify({ status }: RawAnswer) {
  if (status === 401) return { kind: "unauthorized" } as const;
  if (status === 404) return { kind: "not-found" } as const;
  if (status >= 500) return { kind: "unavailable" } as const;
  return undefined;
}

/** The provider of the stand-in service, with favourites that nobody reads here. */
export function tunesProvider(
  authorization: AnyProvider["authorization"] = tunesAuthorization,
  more: { readonly name?: string; readonly otherIds?: readonly string[]; readonly readOnly?: boolean } = {},
): AnyProvider {
  const refused = async () => {
    throw new Error("these tests read no library");
  };
  return defineProvider({
    contractVersion: 1,
    name: more.name ?? "tunes",
    displayName: "Tunes",
    category: "music",
    authorization,
    transport: { rateLimit: { requests: 1_000, perMs: 1_000, concurrency: 50, sharedBy: "client" }, classify },
    items: {
      track: {
        toUniversal: () => {
          throw new Error("these tests map nothing");
        },
      },
    },
    collections: {
      favorites: {
        shape: "membership",
        kind: "track",
        scopes: { read: ["library-read"], write: ["library-modify"] },
        read: {
          pageSize: 50,
          totals: "exact",
          order: "newest-first",
          // biome-ignore lint/correctness/useYield: refuses at once
          list: async function* () {
            await refused();
          },
        },
        ...(more.readOnly
          ? {}
          : { write: { batchSize: { add: 50, remove: 50 }, consistencyWindowMs: 0, add: refused, remove: refused } }),
      },
    },
    profile: async (session) => {
      const isPublic = authorization.kind === "none";
      const answer = await session.http.request({
        method: "GET",
        base: "https://tunes.example",
        route: isPublic ? "/users/{id}" : "/me",
        ...(isPublic ? { path: { id: session.accountId ?? "" } } : {}),
        schema: profileSchema,
        purpose: "identity",
      });
      return {
        externalId: answer.id,
        ...(more.otherIds ? { otherIds: more.otherIds } : {}),
        displayName: answer.name,
        ...(answer.email === undefined ? {} : { email: answer.email }),
      };
    },
    health: async () => ({ status: "healthy" }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "anybody",
      notes: [],
    },
  });
}
