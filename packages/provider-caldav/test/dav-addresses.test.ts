import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atPath, canonicalPath, idOf, isSameSite, pathOfId } from "../src/dav/index.ts";

const site = (target: string, given: string, sites?: readonly string[]) =>
  isSameSite(new URL(target), new URL(given), sites);

describe("the site that may have the password", () => {
  it.each([
    ["https://dav.example.org/x", "https://dav.example.org/"],
    ["https://DAV.example.org./x", "https://dav.example.org/"],
    ["https://dav.example.org:8443/", "https://dav.example.org/"],
    ["https://dav.example.org/", "http://dav.example.org/"],
    ["https://dav.example.org/", "https://example.org/"],
    ["https://p42-caldav.icloud.com/", "https://caldav.icloud.com/"],
    ["http://127.0.0.1:5232/jo/", "http://127.0.0.1:5232/"],
  ])("holds %s, given %s", (target, given) => {
    expect(site(target, given)).toBe(true);
  });

  it.each([
    ["https://evil.example.net/", "https://dav.example.org/"],
    ["https://example.org/", "https://dav.example.org/"],
    ["https://cloud.example.org/", "https://dav.example.org/"],
    ["https://b.duckdns.org/", "https://a.duckdns.org/"],
    ["https://b.example.co.uk/", "https://a.example.co.uk/"],
    ["https://evildav.example.org/", "https://dav.example.org/"],
    ["https://dav.example.org.evil.net/", "https://dav.example.org/"],
    ["https://notcaldav.icloud.com.evil.net/", "https://caldav.icloud.com/"],
    ["https://evilicloud.com/", "https://caldav.icloud.com/"],
    ["http://dav.example.org/", "https://dav.example.org/"],
    ["http://dav.example.org:81/", "http://dav.example.org/"],
    ["https://sub.dav.example.org/", "http://dav.example.org/"],
    ["https://jo:pw@dav.example.org/", "https://dav.example.org/"],
    ["https://x.localhost/", "https://localhost/"],
    ["ftp://dav.example.org/", "https://dav.example.org/"],
    ["https://127.0.0.2/", "https://127.0.0.1/"],
  ])("does not hold %s, given %s", (target, given) => {
    expect(site(target, given)).toBe(false);
  });

  it("holds the hosts below a domain that the operator names, and no others", () => {
    const sites = ["example.org"];
    expect(site("https://cloud.example.org/", "https://dav.example.org/", sites)).toBe(true);
    expect(site("https://example.org/", "https://dav.example.org/", sites)).toBe(true);
    expect(site("https://badexample.org/", "https://dav.example.org/", sites)).toBe(false);
    expect(site("https://cloud.example.org/", "https://dav.example.net/", sites)).toBe(false);
    expect(site("http://cloud.example.org/", "https://dav.example.org/", sites)).toBe(false);
  });

  it("never holds a host that does not end in the given one", () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), (target, given) => {
        fc.pre(target !== given && !target.endsWith(`.${given}`));
        expect(site(`https://${target}/`, `https://${given}/`)).toBe(false);
      }),
    );
  });
});

describe("ids of events", () => {
  const calendar = new URL("https://dav.example.org/u/jo%40x/cal/");

  it("are the names of files, however the server spells the path", () => {
    for (const path of ["/u/jo%40x/cal/a%20b.ics", "/u/jo@x/cal/a%20b.ics", "/u/%6ao@x/cal/%61%20b.ics"]) {
      expect(idOf(path, calendar)).toBe("a%20b");
    }
    expect(idOf("/u/jo@x/cal/a@b.ics", calendar)).toBe(idOf("/u/jo@x/cal/a%40b.ics", calendar));
  });

  it("tell apart files of other names, and what is elsewhere", () => {
    const paths = ["/u/jo@x/cal/a.ics", "/u/jo@x/cal/a", "/u/jo@x/cal/.ics", "/u/jo@x/cal/a.ics.ics", "/v/a.ics"];
    expect(paths.map((path) => idOf(path, calendar))).toEqual(["a", "./a", "./.ics", "a.ics", "/v/a.ics"]);
  });

  it("are told from paths, and paths from them", () => {
    const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(name, fc.constantFrom(".ics", "", ".ICS"), (stem, suffix) => {
        const file = encodeURIComponent(stem + suffix);
        fc.pre(file !== "." && file !== "..");
        const path = `/u/jo%40x/cal/${file}`;
        expect(canonicalPath(pathOfId(idOf(path, calendar), calendar) ?? "")).toBe(path);
      }),
    );
  });

  it("are those that creations ask for", () => {
    const operationId = "op-0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ.abc";
    const path = pathOfId(operationId, calendar) ?? "";
    expect(path).toBe(`/u/jo%40x/cal/${operationId}.ics`);
    expect(idOf(path, calendar)).toBe(operationId);
  });

  it("lead nowhere else", () => {
    for (const id of ["", "./", "./.", "./..", "\ud800"]) expect(pathOfId(id, calendar)).toBeUndefined();
    expect(pathOfId("../../other/secret", calendar)).toBe("/u/jo%40x/cal/..%2F..%2Fother%2Fsecret.ics");
    for (const path of [pathOfId("//evil.example/x", calendar) ?? "", "//evil.example/x", "/\\evil.example/x"]) {
      expect(atPath(calendar, path).origin).toBe(calendar.origin);
    }
  });
});
