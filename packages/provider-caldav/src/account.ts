import {
  InvalidRequestError,
  MalformedAnswerError,
  ServiceError,
  type Session,
  serviceError,
  type UserProfile,
} from "@syncer/core";
import {
  ask,
  askAround,
  atPath,
  canonicalPath,
  hrefsIn,
  isSameSite,
  type Multistatus,
  PROPS,
  propfindBody,
  SERVICE,
  type XmlNode,
} from "./dav/index.ts";

/** Where an account is. */
interface Account {
  readonly principal: URL;
  /** Collections that hold its calendars; iCloud has them on another host. */
  readonly homes: readonly URL[];
  readonly displayName?: string;
}

export type AccountFinder = (session: Session) => Promise<Account>;

/** The address that the user named. */
export function serverOf({ serverUrl }: Session): URL {
  if (serverUrl !== undefined) return new URL(serverUrl);
  throw new InvalidRequestError("request.invalid", {
    path: "session.serverUrl",
    problem: "a CalDAV account is at a server that its user named; connect by engine.connections.addBasic().",
  });
}

/**
 * Finds accounts (RFC 6764 §6, RFC 5397, RFC 4791 §6.2.1). What is found is remembered as long as its session lives, and for no other.
 * @param sites as in {@link isSameSite}
 */
export function accountFinder(sites: readonly string[]): AccountFinder {
  const found = new WeakMap<Session, Promise<Account>>();
  return (session) => {
    const known = found.get(session) ?? findAccount(session, sites);
    found.set(session, known);
    // A failure is no finding.
    known.catch(() => found.delete(session));
    return known;
  };
}

async function findAccount(session: Session, sites: readonly string[]): Promise<Account> {
  const server = serverOf(session);
  const principal = await findPrincipal(session, server, sites);
  const route = "(principal)";
  const question = { method: "PROPFIND", route, url: principal, depth: "0", purpose: "identity" } as const;
  const answer = await ask(session, { ...question, body: propfindBody(["homes", "displayName"]) });
  const homes = hrefsIn(propOf(answer, PROPS.homes)).map((href) => allowed(href, principal, server, sites, route));
  if (homes.length === 0) throw new MalformedAnswerError(SERVICE, route, "no calendar-home-set.");
  const displayName = propOf(answer, PROPS.displayName)?.text.trim();
  const unique = new Map(homes.map((home) => [home.href, home]));
  return { principal, homes: [...unique.values()], ...(displayName ? { displayName } : {}) };
}

/**
 * A path that the user named comes first, as one host may have several servers; then the well-known address, then the root. Only
 * what says that there is no CalDAV goes on to the next; a refused password does not.
 */
async function findPrincipal(session: Session, server: URL, sites: readonly string[]): Promise<URL> {
  const paths = server.pathname === "/" ? [] : [server.pathname];
  let last: unknown;
  for (const path of [...paths, "/.well-known/caldav", "/"]) {
    try {
      return await askForPrincipal(session, atPath(server, path), server, sites);
    } catch (error) {
      if (!isElsewhere(error)) throw error;
      last = error;
    }
  }
  throw last;
}

async function askForPrincipal(session: Session, url: URL, server: URL, sites: readonly string[]): Promise<URL> {
  const route = url.pathname === "/.well-known/caldav" ? "/.well-known/caldav" : "(server)";
  const body = propfindBody(["principal"]);
  const question = { method: "PROPFIND", route, url, depth: "0", body, purpose: "identity" } as const;
  const answer = await askAround(session, question, (target) => isSameSite(target, server, sites));
  const property = propOf(answer.multistatus, PROPS.principal);
  if (property?.children.some(({ name }) => name === "{DAV:}unauthenticated")) {
    throw serviceError(SERVICE, route, 207, { kind: "unauthorized" });
  }
  const [href] = hrefsIn(property);
  if (href === undefined) throw new MalformedAnswerError(SERVICE, route, "no current-user-principal.");
  return allowed(href, answer.url, server, sites, route);
}

function isElsewhere(error: unknown): boolean {
  if (error instanceof MalformedAnswerError) return true;
  return error instanceof ServiceError && ["not-found", "invalid", "forbidden"].includes(error.failure.kind);
}

function propOf({ responses }: Multistatus, name: string): XmlNode | undefined {
  return responses.map(({ props }) => props.get(name)).find((node) => node !== undefined);
}

/** An address that an answer names, in one spelling; refused where the password may not go. */
function allowed(href: string, base: URL, server: URL, sites: readonly string[], route: string): URL {
  const url = URL.canParse(href, base) ? new URL(href, base) : undefined;
  if (!url) throw new MalformedAnswerError(SERVICE, route, "an href that is no address.");
  if (!isSameSite(url, server, sites)) {
    throw serviceError(SERVICE, route, 207, { kind: "forbidden", reason: "address-elsewhere" });
  }
  return atPath(url, url.pathname);
}

export async function readProfile(find: AccountFinder, session: Session): Promise<UserProfile> {
  const { principal, displayName } = await find(session);
  return {
    externalId: `${principal.origin}${canonicalPath(principal.pathname)}`,
    ...(displayName === undefined ? {} : { displayName }),
  };
}
