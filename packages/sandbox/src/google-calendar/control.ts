import { GOOGLE_APP } from "../worlds.ts";
import {
  type AccessRole,
  type CalendarListEntry,
  type CalendarSeed,
  calendarWithId,
  createCalendar,
  deleteCalendar,
  shareCalendar,
} from "./calendars.ts";
import type { GoogleChannel, NotificationAttempt } from "./channels.ts";
import { calendarScope, canonicalScope, GOOGLE_SCOPES, type GoogleClient } from "./clients.ts";
import { type ControlledEvents, createEventControl } from "./event-control.ts";
import { mailsOf, type WouldBeMail } from "./mails.ts";
import { addGoogleUser, type GoogleUserSeed } from "./people.ts";
import type { GoogleSettings, GoogleUser, GoogleWorld } from "./world.ts";

/** A token pair made without the consent page, for tests that are not about signing in. */
export interface IssuedGoogleTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What can be done to Google's stand-in behind its API. Users are named by their mail address. */
export interface GoogleControl extends ControlledEvents {
  /** The client that is registered from the start. */
  readonly app: typeof GOOGLE_APP;
  /** Switches; assign to them. A reset brings the defaults back. */
  readonly settings: GoogleSettings;
  /** Registers a client, or replaces one of the same id. */
  registerClient(client: GoogleClient): void;
  /** @returns the user's `sub` */
  addUser(seed: GoogleUserSeed): { readonly sub: string };
  /** Makes a secondary calendar as the user would in Google's own pages. @returns its id */
  addCalendar(user: string, seed: CalendarSeed): string;
  /** Deletes a calendar for everybody. */
  removeCalendar(calendarId: string): void;
  /** Gives a user a role on a calendar and lists it there; `none` takes both away. */
  share(calendarId: string, user: string, role: AccessRole | "none"): void;
  /** Changes how a calendar stands in a user's list. */
  changeListEntry(
    user: string,
    calendarId: string,
    change: Partial<Pick<CalendarListEntry, "hidden" | "selected" | "summaryOverride" | "defaultReminders">>,
  ): void;
  /** Scopes, short (`calendar.events`) or long, that this user unticks on the consent page from now on. */
  untick(user: string, scopes: readonly string[]): void;
  /** Tokens with the given scopes, short or long. Default: all. */
  issueTokens(user: string, scopes?: readonly string[], clientId?: string): IssuedGoogleTokens;
  /** Ends access tokens at once; refreshing still works. Default: everybody's. */
  expireAccessTokens(user?: string): void;
  /** Takes scopes away from tokens already given. */
  ungrant(user: string, scopes: readonly string[]): void;
  /** What "remove access" on the account page does: access and refresh tokens die. */
  revoke(user: string): void;
  /** All tokens of one user stand for another from now on. */
  swapAccount(from: string, to: string): void;
  /** Ends sync tokens, so that their next use answers 410: of one calendar's events, or of all lists. */
  expireSyncTokens(calendarId?: string): void;
  /** Mails that would have gone to guests and organizers, oldest first. */
  mails(): readonly WouldBeMail[];
  /** Channels of all time; those that neither expired nor were stopped are `open`. */
  channels(): readonly (GoogleChannel & { readonly open: boolean })[];
  /** Attempts to notify the addresses of channels, oldest first. */
  notifications(): readonly NotificationAttempt[];
  /** Resolves when no notification is under way; waiting between attempts takes the clock's time. */
  notificationsSettled(): Promise<void>;
}

export function createGoogleControl(worldNow: () => GoogleWorld): GoogleControl {
  return {
    ...createEventControl(worldNow),
    mails: () => mailsOf(worldNow()),
    channels: () => {
      const { channels } = worldNow();
      return channels.all().map((channel) => ({ ...channel, open: channels.isOpen(channel) }));
    },
    notifications: () => worldNow().channels.attempts(),
    notificationsSettled: () => worldNow().channels.settled(),
    app: GOOGLE_APP,
    get settings() {
      return worldNow().settings;
    },
    registerClient: (client) => {
      worldNow().clients.set(client.id, client);
    },
    addUser: (seed) => ({ sub: addGoogleUser(worldNow(), seed).sub }),
    addCalendar: (user, seed) => createCalendar(worldNow(), userNamed(worldNow(), user), seed).id,
    removeCalendar: (calendarId) => deleteCalendar(worldNow(), calendarWithId(worldNow(), calendarId)),
    share: (calendarId, user, role) => {
      const world = worldNow();
      shareCalendar(world, calendarWithId(world, calendarId), userNamed(world, user), role);
    },
    changeListEntry: (user, calendarId, change) => {
      const world = worldNow();
      const entry = userNamed(world, user).list.get(calendarId);
      if (entry === undefined) throw new RangeError("The calendar is not in the user's list.");
      Object.assign(entry, change, { version: world.nextChange() });
    },
    untick: (user, scopes) => {
      userNamed(worldNow(), user).untickedScopes = new Set(scopes.map(longScope));
    },
    issueTokens: (user, scopes, clientId) => issueTokens(worldNow(), user, scopes, clientId),
    expireAccessTokens: (user) => {
      const { grants, clock } = worldNow();
      for (const token of grants.accessTokens.values())
        if (user === undefined || token.grant.email === user) token.expiresAt = clock.now();
    },
    ungrant: (user, scopes) => ungrant(worldNow(), user, new Set(scopes.map(longScope))),
    revoke: (user) => worldNow().grants.revokeAll(userNamed(worldNow(), user).email),
    swapAccount: (from, to) => {
      const world = worldNow();
      const { email } = userNamed(world, to);
      for (const grant of world.grants.all()) if (grant.email === from) grant.email = email;
    },
    expireSyncTokens: (calendarId) =>
      worldNow().listTokens.expire(
        (resource) =>
          calendarId === undefined || (resource.startsWith("events ") && resource.endsWith(` ${calendarId}`)),
      ),
  };
}

function userNamed(world: GoogleWorld, email: string): GoogleUser {
  const found = world.users.get(email);
  if (found === undefined) throw new RangeError("No such Google user in the sandbox; see control.people or add one.");
  return found;
}

function longScope(scope: string): string {
  const long = canonicalScope(scope);
  return long === "openid" || long.includes("/") ? long : calendarScope(long);
}

function issueTokens(
  world: GoogleWorld,
  user: string,
  scopes: readonly string[] = [...GOOGLE_SCOPES],
  clientId: string = GOOGLE_APP.id,
): IssuedGoogleTokens {
  const granted = new Set(scopes.map(longScope));
  const unknown = [...granted].find((scope) => !GOOGLE_SCOPES.has(scope));
  if (unknown !== undefined) throw new RangeError(`Google has no scope ${unknown}.`);
  const { grants, clock } = world;
  const grant = grants.extend(clientId, userNamed(world, user).email, granted);
  const expiresAt = clock.now() + 3_600_000;
  return {
    accessToken: grants.issueAccessToken({ grant, scopes: granted, offline: true, expiresAt }),
    refreshToken: grants.issueRefreshToken(grant, granted, clock.now()),
  };
}

function ungrant({ grants }: GoogleWorld, user: string, gone: ReadonlySet<string>): void {
  const left = (scopes: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...scopes].filter((scope) => !gone.has(scope)));
  for (const grant of grants.all()) if (grant.email === user) grant.scopes = left(grant.scopes);
  for (const tokens of [grants.accessTokens, grants.refreshTokens]) {
    for (const token of tokens.values())
      if (token.grant.email === user) Object.assign(token, { scopes: left(token.scopes) });
  }
}
