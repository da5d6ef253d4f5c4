import type { AddressRules } from "../contract/index.ts";
import { InvalidRequestError } from "../errors/index.ts";
import { isPublicAddress } from "./ip-address.ts";

/** Names that mean something on a local network only (RFC 6761, 6762, 8375, 9476, and what routers and clouds use). */
const LOCAL_SUFFIXES = [
  "localhost",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "localdomain",
  "home.arpa",
  "in-addr.arpa",
  "ip6.arpa",
  "test",
  "invalid",
  "onion",
  "alt",
];

/**
 * Guards requests to addresses that a user can set against reaching into the host's own network (server-side request
 * forgery). Check the address each time before a request, not only when it is saved, and follow no redirect without
 * checking it again; the transport follows none.
 *
 * @returns the parsed URL: request this one, not the text, which another parser may read differently
 * @throws {InvalidRequestError} `service.url-refused`; the problem does not quote the address
 * @see OWASP, "Server-Side Request Forgery Prevention Cheat Sheet"
 */
export async function assertPublicUrl(address: string | URL, options: AddressRules = {}): Promise<URL> {
  const { schemes = ["https"], ports, allowPrivate = false, resolve } = options;
  if (!URL.canParse(String(address))) throw refused("it is no absolute URL.");
  const url = new URL(address);
  if (!schemes.some((scheme) => url.protocol === `${scheme}:`)) {
    throw refused(`its scheme is not ${schemes.join(" or ")}.`);
  }
  if (url.username !== "" || url.password !== "") throw refused("it holds a user name or password.");
  if (ports && !ports.includes(portOf(url))) throw refused(`its port is none of ${ports.join(", ")}.`);
  if (!allowPrivate) await assertPublicHost(url.hostname, resolve);
  return url;
}

async function assertPublicHost(hostname: string, resolve: AddressRules["resolve"]): Promise<void> {
  // By now the URL parser has brought decimal, octal, hexadecimal and full-width spellings of IPv4 to one form.
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.+$/, "")
    .toLowerCase();
  const isPublic = isPublicAddress(host);
  if (isPublic === true) return;
  if (isPublic === false) throw refused("it is an address of a private or special network.");
  if (!host.includes(".")) throw refused("its host is a name of a local network.");
  if (LOCAL_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`))) {
    throw refused("its host is a name of a local network.");
  }
  if (resolve) await assertPublicAddresses(host, resolve);
}

async function assertPublicAddresses(host: string, resolve: NonNullable<AddressRules["resolve"]>): Promise<void> {
  let addresses: readonly string[];
  try {
    addresses = await resolve(host);
  } catch {
    throw refused("its host cannot be looked up.");
  }
  if (addresses.length === 0) throw refused("its host has no address.");
  if (!addresses.every((address) => isPublicAddress(address) === true)) {
    throw refused("its host points to a private or special network.");
  }
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function refused(problem: string): InvalidRequestError<"service.url-refused"> {
  return new InvalidRequestError("service.url-refused", { problem });
}
