import { eventAccess } from "./access.ts";
import { bodyOf, type GoogleCall, type GoogleRoute, STANDARD_PARAMETERS } from "./call.ts";
import { invalid, notFound, refusal, required } from "./errors.ts";
import { EVENT_LIST_PARAMETERS, EVENT_READ_SCOPES } from "./event-routes.ts";

const WEEK_MS = 604_800_000;

export const CHANNEL_ROUTES: readonly GoogleRoute[] = [
  {
    method: "POST",
    path: "/calendar/v3/calendars/:calendarId/events/watch",
    kind: "write",
    operation: "Events.Watch",
    parameters: EVENT_LIST_PARAMETERS,
    scopes: EVENT_READ_SCOPES,
    handle: watchEvents,
  },
  {
    method: "POST",
    path: "/calendar/v3/channels/stop",
    kind: "write",
    operation: "Channels.Stop",
    parameters: STANDARD_PARAMETERS,
    scopes: EVENT_READ_SCOPES,
    handle: stopChannel,
  },
];

/** `events.watch`. */
function watchEvents(call: GoogleCall): Response {
  const { calendar } = eventAccess(call, call.params.calendarId ?? "", "read");
  const { world, now } = call;
  const { id, token, type, params, ...body } = bodyOf(call);
  if (typeof id !== "string" || id === "") throw required("Missing channel id.");
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw invalid("Invalid channel id.");
  if (type !== "web_hook" && type !== "webhook") throw invalid("Invalid channel type.");
  if (token !== undefined && (typeof token !== "string" || token.length > 256)) throw invalid("Invalid channel token.");
  const address = readAddress(call, body.address);
  const known = world.channels.all().find((channel) => channel.id === id && channel.project === call.client.project);
  if (known !== undefined) throw refusal(400, { reason: "channelIdNotUnique", message: `Channel id ${id} not unique` });
  const resourceUri = `https://www.googleapis.com/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`;
  const resourceId = world.dice.base62("resource", `${call.user.email} ${calendar.id}`);
  const expiration = now + lifeOf(body.expiration, params, now);
  world.channels.open({
    id,
    resourceId,
    resourceUri,
    calendarId: calendar.id,
    user: call.user.email,
    project: call.client.project,
    address,
    token,
    expiration,
    stopped: false,
    messageNumber: 0,
  });
  const shown = token === undefined ? {} : { token };
  return Response.json({ kind: "api#channel", id, resourceId, resourceUri, ...shown, expiration: String(expiration) });
}

function readAddress({ world }: GoogleCall, value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url === null) throw required("Missing channel address.");
  if (url.protocol !== "https:")
    throw refusal(400, { domain: "push", reason: "webhookUrlNotHttps", message: "WebHook callback must be HTTPS" });
  if (world.settings.unverifiedHosts.includes(url.hostname))
    throw refusal(401, {
      domain: "push",
      reason: "webhookUrlUnauthorized",
      message: "Unauthorized WebHook callback channel",
    });
  return url.href;
}

/** The shorter of what is wished for and Google's week. */
function lifeOf(expiration: unknown, params: unknown, now: number): number {
  const ttl = (params as { readonly ttl?: unknown } | undefined)?.ttl;
  const wishes = [
    ...(ttl === undefined ? [] : [Number(ttl) * 1_000]),
    ...(expiration === undefined ? [] : [Number(expiration) - now]),
  ];
  if (!wishes.every((wish) => wish > 0)) throw invalid("Invalid channel expiration.");
  return Math.min(WEEK_MS, ...wishes);
}

/** `channels.stop`. */
function stopChannel(call: GoogleCall): Response {
  const { id, resourceId } = bodyOf(call);
  const { channels } = call.world;
  const channel = channels
    .all()
    .find((one) => one.id === id && one.resourceId === resourceId && one.user === call.user.email);
  if (channel === undefined || !channels.isOpen(channel)) throw notFound();
  channel.stopped = true;
  return new Response(null, { status: 204 });
}
