import { ConfigurationError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { type CaldavOptions, caldav, caldavDataPolicy } from "../src/index.ts";

function problemsOf(options: unknown): readonly string[] {
  try {
    // What an application without types could pass.
    caldav(options as CaldavOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path).sort();
    throw error;
  }
  return [];
}

describe("the options of caldav()", () => {
  it.each<[string, CaldavOptions | undefined]>([
    ["nothing", undefined],
    ["servers of the operator's own", { addresses: { allowPrivate: true, schemes: ["http"], ports: [5232] } }],
    ["a way to look names up", { addresses: { resolve: async () => ["192.0.2.1"] } }],
    ["all others", { sites: ["example.org"], displayName: "Nextcloud", rateLimit: { requests: 5 }, now: () => 0 }],
  ])("take %s", (_, options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  it("report every problem at once, each under its path", () => {
    const wrong = {
      addresses: { schemes: ["ftp"], ports: [0], allowPrivate: "yes", resolve: "dns" },
      sites: ["com"],
      displayName: "",
      rateLimit: { requests: 0 },
      now: 5,
      server: "https://dav.example.org/",
    };
    expect(problemsOf(wrong)).toEqual([
      "caldav.addresses.allowPrivate",
      "caldav.addresses.ports.0",
      "caldav.addresses.resolve",
      "caldav.addresses.schemes.0",
      "caldav.displayName",
      "caldav.now",
      "caldav.rateLimit.requests",
      "caldav.server",
      "caldav.sites.0",
    ]);
  });

  it("make a provider of calendars that users of any server connect to by name and password", () => {
    const provider = caldav({ displayName: "Nextcloud" });
    expect(provider).toMatchObject({
      name: "caldav",
      displayName: "Nextcloud",
      category: "calendar",
      authorization: { kind: "basic", server: "given" },
      itemIds: "sensitive",
      dataPolicy: caldavDataPolicy,
      scopes: [],
    });
    expect(provider.transport.addresses).toEqual({});
  });
});
