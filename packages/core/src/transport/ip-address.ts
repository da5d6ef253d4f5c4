/**
 * Address blocks that are not part of the public internet, by the IANA special-purpose registries (RFC 6890 and
 * successors), plus the fixed addresses of cloud metadata services that lie in public blocks.
 */
const NON_PUBLIC_V4 = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carrier-grade NAT; metadata of Alibaba Cloud
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local; metadata of most clouds
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
  "168.63.129.16/32", // Azure's platform address
].map((block) => {
  const [address = "", bits = ""] = block.split("/");
  return { network: parseIpv4(address) ?? 0, bits: Number(bits) };
});

/** An IPv4 address in four decimal numbers, as a 32-bit number. WHATWG URLs bring every other spelling to this one. */
function parseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + part, 0);
}

/** An IPv6 address (RFC 4291 §2.2, all three forms, no zone) as eight 16-bit numbers. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let rest = text;
  if (dotted) {
    const tail = parseIpv4(dotted[2] ?? "");
    if (tail === undefined) return undefined;
    rest = `${dotted[1]}${Math.floor(tail / 65_536).toString(16)}:${(tail % 65_536).toString(16)}`;
  }
  const halves = rest.split("::");
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...new Array<string>(missing).fill("0"), ...right];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16));
}

/**
 * Whether an address in text form belongs to the public internet; `undefined` if it is no address. One with a zone
 * (`fe80::1%eth0`) is none: it means something on this machine only.
 */
export function isPublicAddress(text: string): boolean | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return isPublicV4(v4);
  const v6 = parseIpv6(text);
  return v6 === undefined ? undefined : isPublicV6(v6);
}

function isPublicV4(address: number): boolean {
  return !NON_PUBLIC_V4.some(({ network, bits }) => {
    const size = 2 ** (32 - bits);
    return address >= network && address < network + size;
  });
}

/** Of IPv6 only 2000::/3 is handed out; forms that carry an IPv4 address are judged by it. */
function isPublicV6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups;
  const v4At = (index: number): number => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0);
  const zeroUpTo = (index: number): boolean => groups.slice(0, index).every((group) => group === 0);
  if (zeroUpTo(5) && groups[5] === 0xffff) return isPublicV4(v4At(6)); // IPv4-mapped, ::ffff:0:0/96
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) {
    return isPublicV4(v4At(6)); // NAT64, 64:ff9b::/96
  }
  if (first === 0x2002) return isPublicV4(v4At(1)); // 6to4
  if (first === 0x2001 && second < 0x200) return false; // 2001::/23: Teredo, benchmarks, ORCHID
  if (first === 0x2001 && second === 0xdb8) return false; // documentation
  if (first === 0x3fff && second < 0x1000) return false; // documentation, RFC 9637
  if (first === 0x2620 && second === 0x4f && third === 0x8000) return false; // AS112
  return first >= 0x2000 && first <= 0x3fff;
}
