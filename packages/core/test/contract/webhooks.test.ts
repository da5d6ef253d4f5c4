import { describe, expect, it } from "vitest";
import { canWatch, defineProvider, ProviderRegistry, type WebhookCapability } from "../../src/contract/index.ts";
import { ConfigurationError } from "../../src/errors/index.ts";

const nobody = async () => {
  throw new Error("these tests ask no service");
};

const webhooks: WebhookCapability = {
  maxTtlMs: 604_800_000,
  watch: nobody,
  stop: nobody,
  read: () => undefined,
};

const songs = {
  shape: "membership" as const,
  kind: "track" as const,
  scopes: { read: [], write: [] },
  read: { pageSize: 10, totals: "exact" as const, order: "none" as const, async *list() {} },
};

/** A provider without a service. What is not as the types say comes from plain JavaScript. */
function tapes(capability?: object) {
  return defineProvider<{ readonly track: object }>({
    contractVersion: 1,
    name: "tapes",
    displayName: "Tapes",
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1, perMs: 1_000, concurrency: 1, sharedBy: "client" },
      classify: () => undefined,
    },
    items: { track: { toUniversal: () => ({ title: "", artists: [], externalIds: {} }) } },
    collections: { favorites: songs, saved: songs },
    ...(capability ? { webhooks: capability as WebhookCapability } : {}),
    profile: nobody,
    health: nobody,
    dataPolicy: {
      readOn: "2026-11-23",
      idsMayBeKept: "while-connected",
      attribution: "Tapes",
      commercialUse: "allowed",
      newApplications: "Nobody needs one.",
      notes: [],
    },
  });
}

function problemsOf(capability: object): readonly string[] {
  try {
    tapes(capability);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

const watched = (capability?: object) =>
  new ProviderRegistry([tapes(capability)])
    .list()[0]
    ?.capabilities.filter(({ watch }) => watch)
    .map(({ type }) => type);

describe("a provider that can be told to call", () => {
  it("is listed with what it calls about: all of its collections, unless it names some", () => {
    expect(watched(webhooks)).toEqual(["favorites", "saved"]);
    expect(watched({ ...webhooks, types: ["saved"] })).toEqual(["saved"]);
    expect(watched({ ...webhooks, types: [] })).toEqual([]);
    expect(watched()).toEqual([]);
  });

  it("cannot be told to watch what it has no collection of, whatever the name", () => {
    const provider = tapes(webhooks);
    expect(canWatch(provider, "events")).toBe(false);
    expect(canWatch(provider, "constructor")).toBe(false);
  });

  it.each(["watch", "stop", "read"])("is refused without %s", (missing) => {
    expect(problemsOf({ ...webhooks, [missing]: undefined })).toEqual([`provider.webhooks.${missing}`]);
  });

  it("is refused with a renewal that is no function", () => {
    expect(problemsOf({ ...webhooks, renew: true })).toEqual(["provider.webhooks.renew"]);
    expect(problemsOf({ ...webhooks, renew: nobody })).toEqual([]);
  });

  it.each([0, 59_999, -1, 1.5, Number.POSITIVE_INFINITY, Number.NaN, "a week"])(
    "is refused when its channels live for %s ms at most",
    (maxTtlMs) => {
      const [problem] = problemsOf({ ...webhooks, maxTtlMs });
      expect(problem).toMatch(/webhooks\.maxTtlMs$/);
    },
  );

  it("is refused when it names a type that it has no collection of", () => {
    expect(problemsOf({ ...webhooks, types: ["saved", "events"] })).toEqual(["provider(tapes).webhooks.types"]);
    expect(problemsOf({ ...webhooks, types: "saved" })).toEqual(["provider.webhooks.types"]);
  });
});
