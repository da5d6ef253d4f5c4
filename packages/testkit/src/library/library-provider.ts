import {
  type AnyProvider,
  type Catalogue,
  type CollectionProbe,
  defineProvider,
  type ListPage,
  MalformedAnswerError,
  type MembershipCollection,
  type MembershipWriter,
  type Session,
} from "@syncer/core";
import { inProcess, inventedPolicy } from "../synthetic/definition.ts";
import type { LibraryService } from "./library-service.ts";
import { type Recording, toTrack } from "./recording.ts";

/** Most hits of a search. */
const HITS = 20;

/** @param type the sync type under which the library is offered */
export function libraryProvider(service: LibraryService, type: string, category: string): AnyProvider {
  const { calls } = service;
  const name = calls.service;
  return defineProvider({
    contractVersion: 1,
    name,
    displayName: name,
    category,
    authorization: { kind: "none" },
    transport: inProcess,
    items: { track: { toUniversal: (native: Recording) => toTrack(name, native) } },
    collections: { [type]: collection(service) },
    catalogues: { track: catalogue(service) },
    profile: ({ signal, accountId }) =>
      calls.make("profile", [], signal, () => ({
        externalId: service.habits.account ?? accountId ?? "somebody",
      })),
    health: ({ signal }) => calls.make("health", [], signal, () => ({ status: "healthy" })),
    dataPolicy: inventedPolicy,
  });
}

function collection(service: LibraryService): MembershipCollection<Recording> {
  const { habits } = service;
  return {
    shape: "membership",
    kind: "track",
    scopes: { read: [], write: [] },
    read: {
      pageSize: habits.pageSize,
      totals: habits.totals === "exact" ? "exact" : "inexact",
      order: habits.order === "unsteady" ? "none" : habits.order,
      list: (session, { pageSize = habits.pageSize }) => list(service, session, pageSize),
      ...(habits.probe === "none" ? {} : { probe: probe(service, habits.probe === "exact") }),
    },
    write: writer(service),
  };
}

async function* list(service: LibraryService, session: Session, size: number): AsyncIterable<ListPage<Recording>> {
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const request = { size, ...(token === undefined ? {} : { token }) };
    const { rows, next, ...page } = await service.calls.make("list", [], session.signal, () => service.page(request));
    yield { entries: rows, ...page };
    if (next === undefined) return;
    if (seen.has(next) && service.habits.noticesLoops) {
      throw new MalformedAnswerError(session.service, "/list", "a page token repeats");
    }
    seen.add(next);
    token = next;
  }
}

function probe(service: LibraryService, exact: boolean): CollectionProbe {
  return { exact, read: ({ signal }) => service.calls.make("probe", [], signal, () => service.probe()) };
}

function writer(service: LibraryService): MembershipWriter {
  const { habits, calls } = service;
  const write = (kind: "add" | "remove") => async (session: Session, ids: readonly string[]) => {
    // The contract's promises to a provider are checked: who breaks them is told at once, and nothing is sent.
    if (ids.length > habits.batchSize[kind]) throw new RangeError(`a batch of ${ids.length} is too large`);
    if (new Set(ids).size < ids.length) throw new RangeError("an id comes twice in a batch");
    return calls.make(kind, ids, session.signal, () => service.write(kind, ids));
  };
  return {
    batchSize: habits.batchSize,
    consistencyWindowMs: habits.lag.listMs,
    ...(habits.maxItems === undefined ? {} : { maxItems: habits.maxItems }),
    add: write("add"),
    remove: write("remove"),
  };
}

function catalogue(service: LibraryService): Catalogue<Recording> {
  const { habits, calls } = service;
  return {
    lookups: {
      isrc: {
        batchSize: habits.pageSize,
        find: ({ signal }, keys) => calls.make("lookup", [], signal, () => service.lookUp(keys)),
      },
    },
    ...(habits.search === "none"
      ? {}
      : {
          search: {
            limit: HITS,
            find: ({ signal }, query) => calls.make("search", [], signal, () => service.search(query).slice(0, HITS)),
          },
        }),
    get: ({ signal }, id) => calls.make("get", [id], signal, () => service.get(id)),
  };
}
