import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublicAddress, parseIpv6 } from "../../src/transport/ip-address.ts";
import { assertPublicUrl } from "../../src/transport/public-url.ts";
import { errorOf } from "./support/transport-lab.ts";

const refusal = { code: "service.url-refused", remedy: "change-request" };

describe("the guard of addresses that users set", () => {
  it.each([
    "https://caldav.example.com/dav/",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
    "https://bücher.example.org:8443/x?y=z",
    "https://172.15.255.255/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
    "https://localhost.example.com/",
    "https://[64:ff9b::808:808]/",
  ])("lets %s pass", async (address) => expect((await assertPublicUrl(address)).href).toBe(new URL(address).href));

  it.each([
    [
      "a scheme of its own",
      [
        "http://example.com/",
        "file:///etc/passwd",
        "ftp://example.com",
        "javascript:alert(1)",
        "data:,x",
        "gopher://example.com",
      ],
    ],
    ["no absolute address", ["", "example.com", "//example.com", "/etc/passwd", "https://"]],
    [
      "a user name or password",
      ["https://anna@example.com/", "https://anna:secret@example.com/", "https://:secret@example.com/"],
    ],
    [
      "loopback",
      [
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.255.255.254/",
        "https://[::1]/",
        "https://0.0.0.0/",
        "https://0/",
      ],
    ],
    [
      "loopback spelled otherwise",
      [
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0x7f.1/",
        "https://１２７.０.０.１/",
        "https://127.0.0.1./",
      ],
    ],
    [
      "IPv4 inside IPv6",
      [
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:7f00:1::]/",
      ],
    ],
    [
      "private networks",
      [
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
        "https://[fc00::1]/",
      ],
    ],
    [
      "link-local and metadata",
      [
        "https://169.254.169.254/latest/",
        "https://[fe80::1]/",
        "https://metadata.google.internal/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
        "https://168.63.129.16/",
      ],
    ],
    [
      "multicast, reserved and documentation",
      [
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://240.0.0.1/",
        "https://[ff02::1]/",
        "https://192.0.2.1/",
        "https://[2001:db8::1]/",
        "https://198.18.0.1/",
        "https://[2001:0:1::]/",
      ],
    ],
    [
      "names of local networks",
      [
        "https://redis/",
        "https://nas.local/",
        "https://db.internal/",
        "https://router.lan/",
        "https://x.home.arpa/",
        "https://intranet/",
        "https://x.corp./",
      ],
    ],
  ])("refuses %s", async (_, addresses) => {
    for (const address of addresses) {
      const error = await errorOf(assertPublicUrl(address));
      expect(error, address).toMatchObject(refusal);
      expect(String(error)).not.toMatch(/secret|anna|etc/);
    }
  });

  it("refuses a public name that points, with any of its addresses, to a private one, to none, or nowhere", async () => {
    const check = (resolve: () => Promise<string[]>) => assertPublicUrl("https://example.com/", { resolve });
    expect((await check(async () => ["93.184.215.14", "2606:2800:21f::1"])).hostname).toBe("example.com");
    for (const answers of [
      ["93.184.215.14", "10.0.0.1"],
      ["::ffff:169.254.169.254"],
      ["fe80::1%eth0"],
      [],
      ["nonsense"],
    ]) {
      expect(await errorOf(check(async () => answers)), String(answers)).toMatchObject(refusal);
    }
    const failing = () => Promise.reject(new Error("ENOTFOUND example.com"));
    expect(await errorOf(check(failing))).toMatchObject(refusal);
  });

  it("lets an operator allow private hosts, other schemes and only some ports, but never credentials", async () => {
    const own = { allowPrivate: true, schemes: ["https", "http"], ports: [80, 5232] } as const;
    expect((await assertPublicUrl("http://radicale.internal:5232/", own)).port).toBe("5232");
    expect((await assertPublicUrl("http://127.0.0.1/", own)).href).toBe("http://127.0.0.1/");
    for (const address of ["https://127.0.0.1/", "http://127.0.0.1:22/", "http://anna@127.0.0.1/", "file:///x"]) {
      expect(await errorOf(assertPublicUrl(address, own)), address).toMatchObject(refusal);
    }
  });
});

describe("addresses", () => {
  it("are read as URL parsers write them: every IPv6 address survives its own shortest form", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((group) => group.toString(16)).join(":");
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        expect(parseIpv6(short)).toEqual(groups);
      }),
    );
  });

  it("of IPv4 are judged alike in every spelling that a URL may have", () => {
    fc.assert(
      fc.property(fc.nat(0xff), fc.nat(0xff), fc.nat(0xff), fc.nat(0xff), (a, b, c, d) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const dotted = `${a}.${b}.${c}.${d}`;
        const spellings = [String(number), `0x${number.toString(16)}`, `0${a.toString(8)}.${b}.${c * 256 + d}`];
        const judged = spellings.map((spelling) => isPublicAddress(new URL(`http://${spelling}/`).hostname));
        expect(judged).toEqual(judged.map(() => isPublicAddress(dotted)));
        expect(isPublicAddress(`::ffff:${dotted}`)).toBe(isPublicAddress(dotted));
      }),
    );
  });

  it("that are none are none", () => {
    for (const text of [
      "",
      "example.com",
      "1.2.3",
      "1.2.3.256",
      "::1::",
      "1:2:3:4:5:6:7",
      "12345::",
      "g::",
      "1:2:3:4:5:6:7:8:9",
    ]) {
      expect(isPublicAddress(text), text).toBeUndefined();
    }
  });
});
