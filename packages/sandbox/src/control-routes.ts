import { json, SERVICES, type ServiceName } from "./exchange.ts";
import { FAULT_TYPES, type Fault, type FaultRule } from "./faults/fault.ts";
import { ACCESS_ROLES } from "./google-calendar/calendars.ts";
import type { Sandbox } from "./sandbox.ts";

type Body = Readonly<Record<string, unknown>>;
type Action = (sandbox: Sandbox, body: Body) => unknown;

/** What the server can be told over HTTP. The fields are those of the programmatic calls. */
const ACTIONS: Readonly<Record<string, Action>> = {
  "GET stats": (sandbox) => sandbox.control.stats(),
  "GET log": (sandbox) => sandbox.control.log(),
  "GET people": (sandbox) => sandbox.control.people,
  "POST reset": ({ control }) => control.reset(),
  "POST clear-stats": ({ control }) => control.clearStats(),
  "POST latency": ({ control }, body) => control.setLatency(numberOf(body, "ms")),
  "POST fault": ({ control }, body) => {
    control.fault(faultRule(body));
  },
  "POST clear-faults": ({ control }) => control.clearFaults(),
  "POST spotify/settings": ({ control }, body) => assignKnown(control.spotify.settings, body),
  "POST spotify/favourites": ({ control }, body) =>
    control.spotify.seedFavourites(textOf(body, "user"), tracksOf(body)),
  "POST spotify/remove-favourites": ({ control }, body) =>
    control.spotify.removeFavourites(textOf(body, "user"), listOf(body, "tracks")),
  "POST spotify/playlist": ({ control }, body) => ({
    id: control.spotify.seedPlaylist(textOf(body, "user"), { name: textOf(body, "name"), entries: tracksOf(body) }),
  }),
  "POST spotify/history": ({ control }, body) => control.spotify.seedHistory(textOf(body, "user"), tracksOf(body)),
  "POST spotify/take-down": ({ control }, body) =>
    control.spotify.takeDown(textOf(body, "track"), body.how === "unplayable" ? "unplayable" : "gone"),
  "POST spotify/tokens": ({ control }, body) =>
    control.spotify.issueTokens(textOf(body, "user"), body.scopes === undefined ? undefined : listOf(body, "scopes")),
  "POST spotify/expire-tokens": ({ control }) => control.spotify.expireAccessTokens(),
  "POST spotify/revoke": ({ control }, body) => control.spotify.revoke(textOf(body, "user")),
  "POST spotify/swap-account": ({ control }, body) =>
    control.spotify.swapAccount(textOf(body, "from"), textOf(body, "to")),
  "POST deezer/settings": ({ control }, body) => assignKnown(control.deezer.settings, body),
  "POST deezer/favourites": ({ control }, body) =>
    control.deezer.seedFavourites(numberOf(body, "user"), tracksOf(body)),
  "POST deezer/remove-favourites": ({ control }, body) =>
    control.deezer.removeFavourites(numberOf(body, "user"), listOf(body, "tracks")),
  "POST deezer/playlist": ({ control }, body) => ({
    id: control.deezer.seedPlaylist(numberOf(body, "user"), { title: textOf(body, "title"), tracks: tracksOf(body) }),
  }),
  "POST deezer/history": ({ control }, body) => control.deezer.seedHistory(numberOf(body, "user"), tracksOf(body)),
  "POST deezer/take-down": ({ control }, body) =>
    control.deezer.takeDown(textOf(body, "track"), body.how === "unreadable" ? "unreadable" : "gone"),
  "POST deezer/token": ({ control }, body) => ({ accessToken: control.deezer.issueToken(numberOf(body, "user")) }),
  "POST deezer/revoke": ({ control }, body) => control.deezer.revoke(numberOf(body, "user")),
  "POST deezer/swap-account": ({ control }, body) =>
    control.deezer.swapAccount(numberOf(body, "from"), numberOf(body, "to")),
  "POST google/settings": ({ control }, body) => assignKnown(control.google.settings, body),
  "POST google/tokens": ({ control }, body) =>
    control.google.issueTokens(textOf(body, "user"), body.scopes === undefined ? undefined : listOf(body, "scopes")),
  "POST google/untick": ({ control }, body) => control.google.untick(textOf(body, "user"), listOf(body, "scopes")),
  "POST google/ungrant": ({ control }, body) => control.google.ungrant(textOf(body, "user"), listOf(body, "scopes")),
  "POST google/expire-tokens": ({ control }) => control.google.expireAccessTokens(),
  "POST google/expire-sync-tokens": ({ control }) => control.google.expireSyncTokens(),
  "POST google/revoke": ({ control }, body) => control.google.revoke(textOf(body, "user")),
  "POST google/swap-account": ({ control }, body) =>
    control.google.swapAccount(textOf(body, "from"), textOf(body, "to")),
  "POST google/calendar": ({ control }, body) => ({
    id: control.google.addCalendar(textOf(body, "user"), { summary: textOf(body, "summary") }),
  }),
  "POST google/share": ({ control }, body) => {
    const role = [...ACCESS_ROLES, "none" as const].find((name) => name === body.role);
    if (role === undefined) throw new RangeError(`Field role must be one of ${ACCESS_ROLES.join(", ")}, none.`);
    control.google.share(textOf(body, "calendar"), textOf(body, "user"), role);
  },
  "POST google/event": ({ control }, body) => ({
    id: control.google.putEvent(textOf(body, "calendar"), objectOf(body, "event")),
  }),
  "POST google/edit-event": ({ control }, body) =>
    control.google.editEvent(textOf(body, "calendar"), textOf(body, "id"), objectOf(body, "change")),
  "POST google/remove-event": ({ control }, body) =>
    control.google.removeEvent(textOf(body, "calendar"), textOf(body, "id")),
  "POST google/split-series": ({ control }, body) => ({
    id: control.google.splitSeries(textOf(body, "calendar"), textOf(body, "instance"), objectOf(body, "change")),
  }),
  "GET google/mails": ({ control }) => control.google.mails(),
  "GET google/channels": ({ control }) => control.google.channels(),
  "GET google/notifications": ({ control }) => control.google.notifications(),
};

/** Answers `/_control/…`: 200 with the result (`{}` if there is none), 400 with a message, 404 for what does not exist. */
export async function serveControl(sandbox: Sandbox, request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice("/_control/".length);
  const action = ACTIONS[`${request.method} ${name}`];
  if (action === undefined) return json({ error: "No such control call.", calls: Object.keys(ACTIONS) }, 404);
  try {
    const text = request.method === "GET" ? "" : await request.text();
    return json(action(sandbox, bodyOf(text)) ?? {});
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return json({ error: error.message }, 400);
    throw error;
  }
}

function bodyOf(text: string): Body {
  if (text.trim() === "") return {};
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new RangeError("The body must be a JSON object.");
  return parsed as Body;
}

function textOf(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new RangeError(`Field ${name} must be a string.`);
  return value;
}

function objectOf(body: Body, name: string): Body {
  const value = body[name];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RangeError(`Field ${name} must be an object.`);
  return value as Body;
}

function numberOf(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== "number") throw new RangeError(`Field ${name} must be a number.`);
  return value;
}

function listOf(body: Body, name: string): readonly string[] {
  const value = body[name];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) {
    throw new RangeError(`Field ${name} must be a list of strings.`);
  }
  return value;
}

/** `tracks`: a list of ids, or how many to draw. */
function tracksOf(body: Body): readonly string[] | number {
  return typeof body.tracks === "number" ? body.tracks : listOf(body, "tracks");
}

/** Assigns switches that exist, and refuses others. */
function assignKnown(settings: object, body: Body): object {
  const unknown = Object.keys(body).find((name) => !(name in settings));
  if (unknown !== undefined)
    throw new RangeError(`No setting ${unknown}; there are ${Object.keys(settings).join(", ")}.`);
  return Object.assign(settings, body);
}

function faultRule(body: Body): FaultRule {
  const { service, method, path, after, times, fault } = body;
  if (!SERVICES.some((name) => name === service))
    throw new RangeError(`Field service must be one of ${SERVICES.join(", ")}.`);
  if (!isFault(fault))
    throw new RangeError(`Field fault must be an object whose type is one of ${FAULT_TYPES.join(", ")}.`);
  return {
    service: service as ServiceName,
    fault,
    ...(method === undefined ? {} : { method: textOf(body, "method") }),
    ...(path === undefined ? {} : { path: textOf(body, "path") }),
    ...(after === undefined ? {} : { after: numberOf(body, "after") }),
    ...(times === undefined ? {} : { times: times === null ? null : numberOf(body, "times") }),
  };
}

function isFault(value: unknown): value is Fault {
  const types: readonly unknown[] = FAULT_TYPES;
  return typeof value === "object" && value !== null && "type" in value && types.includes(value.type);
}
