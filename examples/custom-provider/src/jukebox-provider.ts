import { defineProvider, ServiceError } from "@syncer/core";
import { createJukeboxApi } from "./jukebox-api.ts";
import { jukeboxCatalogue } from "./jukebox-catalogue.ts";
import { classifyJukeboxAnswer } from "./jukebox-errors.ts";
import { jukeboxFavorites } from "./jukebox-favorites.ts";
import { jukeboxAuthorization } from "./jukebox-oauth.ts";
import { checkJukeboxOptions, type JukeboxOptions } from "./jukebox-options.ts";
import { mapJukeboxSong } from "./map-jukebox-song.ts";

/**
 * The provider for Jukebox: wires the parts, does no I/O and no mapping itself. Every request goes through the session
 * that the engine hands in, which paces, signs, repeats and redacts it.
 *
 * @throws {ConfigurationError} with every problem of the options, each under its path (`jukebox.clientId`)
 */
export function jukebox(options: JukeboxOptions) {
  checkJukeboxOptions(options);
  const origin = (options.origin ?? "https://api.jukebox.example").replace(/\/+$/, "");
  const api = createJukeboxApi(`${origin}/v2`);
  return defineProvider({
    contractVersion: 1,
    name: "jukebox",
    displayName: "Jukebox",
    category: "music",
    authorization: jukeboxAuthorization(options, origin),
    transport: {
      rateLimit: { requests: 20, perMs: 1_000, concurrency: 4, sharedBy: "client" },
      classify: classifyJukeboxAnswer,
    },
    items: { track: { toUniversal: mapJukeboxSong } },
    // A capability is offered by being here, so that no flag can disagree with the code.
    collections: { favorites: jukeboxFavorites(api) },
    catalogues: { track: jukeboxCatalogue(api) },
    async profile(session) {
      const account = await api.getAccount(session);
      return {
        externalId: account.uid,
        ...(account.handle ? { username: account.handle, displayName: account.handle } : {}),
        ...(account.country ? { country: account.country } : {}),
      };
    },
    async health(session) {
      try {
        const { status } = await api.ping(session);
        return status === "ok" ? { status: "healthy" } : { status: "degraded", reason: status };
      } catch (error) {
        if (error instanceof ServiceError) return { status: "unhealthy", reason: error.failure.kind };
        throw error;
      }
    },
    dataPolicy: {
      readOn: "2026-11-22",
      termsUrl: "https://jukebox.example/terms",
      idsMayBeKept: "while-connected",
      attribution: 'Say "from Jukebox" beside what is shown.',
      commercialUse: "allowed",
      newApplications: "Open to everybody; approved at once.",
      notes: ["Jukebox is invented."],
    },
  });
}
