/**
 * Providers of which calendars are known to be on other hosts than the one that users name, all of them their own.
 * iCloud: `caldav.icloud.com` sends to `pNN-caldav.icloud.com`.
 */
const KNOWN_SITES: readonly string[] = ["icloud.com"];

/**
 * Whether an address that a server names (a redirect, a home) may get the password that was given for another one. Hosts with one
 * ending are not one site (`a.example.co.uk`, `jo.duckdns.org`), and no list of such endings is complete. So: the same host; a host
 * below the given one; or hosts below one of `sites`. Never from https to http; over http only the very same host and port.
 * @param given what the user named
 * @param sites domains below which all hosts belong together
 */
export function isSameSite(target: URL, given: URL, sites: readonly string[] = []): boolean {
  if (target.username !== "" || target.password !== "") return false;
  if (target.protocol === "http:") return given.protocol === "http:" && target.host === given.host;
  if (target.protocol !== "https:") return false;
  const [there, here] = [hostOf(target), hostOf(given)];
  if (there === here) return true;
  if (given.protocol !== "https:") return false;
  if (isBelow(there, here)) return true;
  return [...KNOWN_SITES, ...sites].some((site) => isIn(there, site.toLowerCase()) && isIn(here, site.toLowerCase()));
}

function hostOf({ hostname }: URL): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}

/** A single word (`com`, `localhost`) and an address in numbers have nothing below them. */
function isBelow(host: string, parent: string): boolean {
  return parent.includes(".") && !/^[\d.]+$/.test(parent) && host.endsWith(`.${parent}`);
}

function isIn(host: string, site: string): boolean {
  return host === site || isBelow(host, site);
}
