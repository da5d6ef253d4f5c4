/** An OAuth client as registered in a Google Cloud project. */
export interface GoogleClient {
  readonly id: string;
  /** Google asks for it even with PKCE. */
  readonly secret: string;
  readonly name: string;
  /** Must be equal to the letter; a loopback address without a port matches any port, as for desktop clients. */
  readonly redirectUris: readonly string[];
  /** Number of the project, which quotas and channels belong to. */
  readonly project: string;
}

const PREFIX = "https://www.googleapis.com/auth/";

/** The two identity scopes that Google renames in its answers. */
const LONG_FORMS: Readonly<Record<string, string>> = {
  email: `${PREFIX}userinfo.email`,
  profile: `${PREFIX}userinfo.profile`,
};

/** Scopes that an app may ask for here: identity and all of Calendar's that matter to syncing. */
export const GOOGLE_SCOPES: ReadonlySet<string> = new Set([
  "openid",
  ...Object.values(LONG_FORMS),
  ...`calendar calendar.readonly calendar.events calendar.events.readonly calendar.events.owned calendar.events.owned.readonly
  calendar.events.freebusy calendar.events.public.readonly calendar.freebusy calendar.calendars calendar.calendars.readonly
  calendar.calendarlist calendar.calendarlist.readonly calendar.app.created calendar.settings.readonly calendar.acls
  calendar.acls.readonly`
    .split(/\s+/)
    .map((name) => PREFIX + name),
]);

/** The form in which a scope stands in Google's answers: `email` becomes `…/auth/userinfo.email`. */
export function canonicalScope(scope: string): string {
  return LONG_FORMS[scope] ?? scope;
}

/** The full name of a Calendar scope. */
export function calendarScope(name: string): string {
  return PREFIX + name;
}

/** Whether a redirect URI equals a registered one. */
export function isRegisteredRedirect(uri: string, registered: readonly string[]): boolean {
  const withoutPort = uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+(?=\/|$)/, "$1");
  return registered.some((candidate) => candidate === uri || candidate === withoutPort);
}
