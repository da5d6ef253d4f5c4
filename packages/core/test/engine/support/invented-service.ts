import type { AnyProvider, CatalogueItem } from "../../../src/index.ts";
import type { Recording } from "./recordings.ts";

/** Called before and after everything that an invented service does, so that a test can make it fail at any point. */
export type Passing = (moment: "before" | "after", what: string) => void;

/** A service that a bench can put into an engine. */
export interface InventedService {
  readonly name: string;
  provider(): AnyProvider;
}

/** What all invented services answer alike: they need no network, know everybody, and are always well. */
export function inventedAnswers(name: string) {
  return {
    contractVersion: 1,
    name,
    displayName: name,
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1_000, perMs: 1_000, concurrency: 3, sharedBy: "user" },
      classify: () => undefined,
    },
    items: { track: { toUniversal: (native: Recording) => toTrack(name, native) } },
    profile: async (session: { readonly accountId?: string | undefined }) => ({
      externalId: session.accountId ?? "somebody",
    }),
    health: async () => ({ status: "healthy" as const }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "anybody",
      notes: [],
    },
  } as const;
}

/** A catalogue that finds recordings by ISRC, one at a time. */
export function inventedCatalogue(
  recordings: ReadonlyMap<string, Recording>,
  { takenDown, pass }: { readonly takenDown: ReadonlySet<string>; pass(what: "lookup" | "get"): Promise<void> | void },
) {
  return {
    lookups: {
      isrc: {
        batchSize: 1,
        find: async (_session: unknown, keys: readonly string[]) => {
          await pass("lookup");
          const all = [...recordings.values()];
          const found = keys.map((key) => [key, all.filter(({ isrc }) => isrc === key)] as const);
          return new Map(found.filter(([, hits]) => hits.length > 0));
        },
      },
    },
    get: async (_session: unknown, id: string): Promise<CatalogueItem<Recording>> => {
      await pass("get");
      const native = recordings.get(id);
      return native && !takenDown.has(id) ? { state: "available", native } : { state: "unknown-id" };
    },
  };
}

function toTrack(service: string, { id, title, isrc }: Recording) {
  return { title, artists: ["The Inventors"], durationMs: 180_000, isrc, externalIds: { [service]: id } };
}
