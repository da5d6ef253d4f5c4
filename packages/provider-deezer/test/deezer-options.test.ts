import { ConfigurationError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { type DeezerAppOptions, deezer } from "../src/index.ts";

function problemsOf(options: unknown): readonly string[] {
  try {
    // What an application without types could pass.
    deezer(options as DeezerAppOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("the options of deezer()", () => {
  it.each([
    ["nothing, for the public mode", undefined],
    ["the public mode by name", { mode: "public", language: "sv" }],
    ["an application", { appId: "500001", appSecret: "secret" }],
    ["an application per tenant", { credentials: () => ({ clientId: "500001", clientSecret: "secret" }) }],
  ])("take %s", (_, options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  it("report every problem at once, each under its path", () => {
    const options = { appId: "app", appSecret: "", origins: { connect: "x" }, language: "\n", secret: "a typo" };
    expect(problemsOf(options).toSorted()).toEqual([
      "deezer.appId",
      "deezer.appSecret",
      "deezer.language",
      "deezer.origins.connect",
      "deezer.secret",
    ]);
  });

  it.each([
    ["an application without its secret", { appId: "500001" }, ["deezer.appSecret"]],
    ["the full mode without an application", { mode: "full" }, ["deezer.appId", "deezer.appSecret"]],
    [
      "an application in public mode",
      { mode: "public", appId: "1", appSecret: "s" },
      ["deezer.appId", "deezer.appSecret"],
    ],
    ["permissions in public mode", { permissions: ["email"] }, ["deezer.appId", "deezer.appSecret"]],
    [
      "two ways to name the application",
      { appId: "1", credentials: () => ({ clientId: "1" }) },
      ["deezer.credentials"],
    ],
  ])("refuse %s", (_, options, paths) => {
    expect(problemsOf(options)).toEqual(paths);
  });

  it("say that Deezer registers no new applications, and what works without one", () => {
    expect(() => deezer({ appId: "500001" } as DeezerAppOptions)).toThrow(/registers no new applications.*deezer\(\)/);
  });
});

describe("the modes of deezer()", () => {
  it("write with an application, and do not without one", () => {
    const full = deezer({ appId: "500001", appSecret: "secret" });
    const open = deezer();
    expect(full.collections.favorites.write).toBeDefined();
    expect("write" in open.collections.favorites).toBe(false);
    expect(open.authorization).toEqual({ kind: "none" });
    expect(open.scopes).toEqual([]);
    expect(full.scopes).toEqual([
      "basic_access",
      "delete_library",
      "listening_history",
      "manage_library",
      "offline_access",
    ]);
  });
});
