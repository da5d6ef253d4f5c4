import { shownEntries } from "../exchange.ts";
import type { Dice } from "../seeded.ts";
import { type GoogleCall, STANDARD_PARAMETERS } from "./call.ts";
import { invalid, refusal } from "./errors.ts";
import type { TimeWindow } from "./event-filters.ts";
import { numberOf } from "./parameters.ts";

/** What a sync token stands for: everything up to a change, as one user saw one list with some parameters. */
export interface SyncState {
  /** Names the list and who reads it. */
  readonly resource: string;
  /** The parameters of the first request, which later ones must repeat. */
  readonly parameters: string;
  /** Number of the last change that was seen. */
  readonly at: number;
  /** Ids of instances shown so far, by their series; only for expanded lists. */
  readonly instances?: ReadonlyMap<string, ReadonlySet<string>>;
  /** The stretch of time of the first request. */
  readonly window?: TimeWindow;
  expired?: boolean;
}

interface PageState {
  readonly resource: string;
  readonly parameters: string;
  readonly entries: readonly Record<string, unknown>[];
  readonly offset: number;
  readonly sync: SyncState | undefined;
}

/** Sync tokens and page tokens that have been given out. */
export class ListTokens {
  readonly #sync = new Map<string, SyncState>();
  readonly #pages = new Map<string, PageState>();
  readonly #dice: Dice;
  #issued = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  issueSync(state: SyncState): string {
    const text = `CP${this.#text("sync")}==`;
    this.#sync.set(text, state);
    return text;
  }

  issuePage(state: PageState): string {
    const text = `Ck${this.#text("page")}`;
    this.#pages.set(text, state);
    return text;
  }

  sync(text: string): SyncState | undefined {
    return this.#sync.get(text);
  }

  page(text: string): PageState | undefined {
    return this.#pages.get(text);
  }

  /** Ends sync tokens of the lists that the test picks. */
  expire(picks: (resource: string) => boolean): void {
    for (const state of this.#sync.values()) if (picks(state.resource)) state.expired = true;
  }

  #text(trait: string): string {
    this.#issued += 1;
    return this.#dice.base62(`google-${trait}`, String(this.#issued));
  }
}

/** The state that the request's sync token stands for; `undefined` for a full listing. */
export function syncStateOf(call: GoogleCall, resource: string): SyncState | undefined {
  const text = call.query.get("syncToken");
  if (text === null) return undefined;
  const state = call.world.listTokens.sync(text);
  if (state === undefined) throw invalid("Invalid sync token value.", "syncToken");
  if (state.expired === true || state.resource !== resource) throw fullSyncRequired();
  if (state.parameters !== parametersOf(call, ["syncToken", ...NOT_WITH_SYNC]))
    throw invalid("Sync token was issued for other parameters.", "syncToken");
  return state;
}

/** First-request parameters that are left out of a token request. */
const NOT_WITH_SYNC = ["timeMin", "timeMax", "updatedMin", "q", "iCalUID", "orderBy", "minAccessRole"];

function fullSyncRequired(): Error {
  const message = "Sync token is no longer valid, a full sync is required.";
  return refusal(410, { domain: "calendar", reason: "fullSyncRequired", message });
}

/** A list to be paged: all entries, in their final form, and where a later sync goes on from. */
export interface Listing {
  readonly entries: readonly Record<string, unknown>[];
  /** `undefined`: the parameters allow no token. */
  readonly sync: Omit<SyncState, "resource" | "parameters"> | undefined;
}

export interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly nextPageToken?: string;
  readonly nextSyncToken?: string;
}

/**
 * Gives one page. What the list was when its first page was asked for is what all its pages show; later changes are for
 * the next sync.
 */
export function servePage(
  call: GoogleCall,
  resource: string,
  bounds: { readonly default: number; readonly max: number },
  list: () => Listing,
): Page {
  const size = numberOf(call, "maxResults", { min: 1, max: bounds.max }) ?? bounds.default;
  const state = pageState(call, resource, list);
  const { shortPages } = call.world.settings;
  const first = state.offset === 0 && call.query.get("pageToken") === null;
  const count = shortPages ? (first ? 0 : Math.max(1, Math.floor(size / 2))) : size;
  const end = state.offset + count;
  const { shown } = shownEntries(state.entries.slice(state.offset, end), ({ id }) => String(id), call.listing);
  const { listTokens } = call.world;
  if (end < state.entries.length)
    return { items: shown, nextPageToken: listTokens.issuePage({ ...state, offset: end }) };
  return { items: shown, ...(state.sync === undefined ? {} : { nextSyncToken: listTokens.issueSync(state.sync) }) };
}

function pageState(call: GoogleCall, resource: string, list: () => Listing): PageState {
  const parameters = parametersOf(call, []);
  const text = call.query.get("pageToken");
  if (text !== null) {
    const state = call.world.listTokens.page(text);
    if (state === undefined || state.resource !== resource || state.parameters !== parameters)
      throw invalid("Invalid page token value.", "pageToken");
    return state;
  }
  const { entries, sync } = list();
  const kept = parametersOf(call, ["syncToken", ...NOT_WITH_SYNC]);
  return {
    resource,
    parameters,
    entries,
    offset: 0,
    sync: sync === undefined ? undefined : { ...sync, resource, parameters: kept },
  };
}

/** The query in one form, without what may differ between the requests of one listing. */
function parametersOf(call: GoogleCall, without: readonly string[]): string {
  const left = [...STANDARD_PARAMETERS, "pageToken", "maxResults", ...without];
  const kept = [...call.query]
    .filter(([name]) => !left.includes(name))
    .sort(([a, x], [b, y]) => (a + x < b + y ? -1 : 1));
  return JSON.stringify(kept);
}
