import {
  type AnyProvider,
  type Collections,
  type DocumentState,
  defineDocumentKind,
  defineProvider,
  type ListedDocument,
} from "@syncer/core";
import { z } from "zod";
import type { Requests } from "./stub-services.ts";

interface StubNote {
  readonly title: string;
  readonly body: string;
  readonly done: boolean;
  readonly tags: readonly string[];
}

const noteKind = defineDocumentKind<StubNote>({
  name: "note",
  schema: z.object({ title: z.string(), body: z.string(), done: z.boolean(), tags: z.array(z.string()) }),
  fields: { title: "value", body: "value", done: "value", tags: "set" },
  matchKey: ({ title }) => title,
});

export interface StubNotes {
  readonly count: number;
  /** Which notes somebody has edited on this service since both sides last agreed. */
  isEdited(n: number): boolean;
}

const PAGE = 100;
const WRITTEN_MS = 1_750_000_000_000;

/** A service of notes without a network, with a version for each note; made page by page as it is read. */
export function stubNotesService(name: string, { count, isEdited }: StubNotes, requests: Requests): AnyProvider {
  let edits = 0;
  for (let n = 0; n < count; n++) if (isEdited(n)) edits++;
  const fingerprint = `${count}-${edits}`;
  const shown = (n: number) => stubNote(name, n, isEdited(n));
  return defineProvider<Record<never, unknown>, string, Collections<Record<never, unknown>>>({
    contractVersion: 1,
    name,
    displayName: name,
    category: "notes",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1_000_000, perMs: 1_000, concurrency: 64, sharedBy: "user" },
      classify: () => undefined,
    },
    items: {},
    collections: {
      notes: {
        shape: "documents",
        kind: noteKind,
        scopes: { read: [], write: [] },
        toUniversal: (native: StubNote) => native,
        read: {
          pageSize: PAGE,
          totals: "exact",
          async *list() {
            for (let start = 0; start < count; start += PAGE) {
              requests.reads++;
              const size = Math.min(PAGE, count - start);
              const entries = Array.from(
                { length: size },
                (_, index): ListedDocument<StubNote> => ({ state: "listed", ...shown(start + index) }),
              );
              yield { entries, total: count, ...(start + PAGE >= count ? { fingerprint } : {}) };
            }
          },
          get: async (_session, id) => {
            requests.reads++;
            return { state: "found", ...shown(Number(id.slice(name.length + 1))) };
          },
          probe: {
            exact: true,
            read: async () => {
              requests.reads++;
              return { rows: count, fingerprint };
            },
          },
        },
        write: {
          consistencyWindowMs: 0,
          preconditions: "conditional",
          identity: "client-id",
          create: async () => shown(0),
          update: async (_session, { id }) => shown(Number(id.slice(name.length + 1))),
          delete: async () => {},
        },
      },
    },
    profile: async (session) => ({ externalId: session.accountId ?? "account" }),
    health: async () => ({ status: "healthy" }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "open",
      notes: [],
    },
  });
}

/** The n-th note: the same content on every service, under the service's own id and version. */
function stubNote(service: string, n: number, isEdited: boolean): DocumentState<StubNote> {
  return {
    id: `${service}-${n}`,
    native: {
      title: `Note number ${n} of the river`,
      body: `${"What was thought of on the way, and is not to be forgotten. ".repeat(4)}${n}${isEdited ? ", edited" : ""}`,
      done: n % 3 === 0,
      tags: [`tag-${n % 40}`, `tag-${n % 7}`],
    },
    version: isEdited ? "2" : "1",
    modifiedAtMs: WRITTEN_MS + n + (isEdited ? 1_000_000_000 : 0),
  };
}
