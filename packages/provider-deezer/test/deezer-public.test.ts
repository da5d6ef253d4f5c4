import { createTransport, systemRandom } from "@syncer/core";
import { createSandbox } from "@syncer/sandbox";
import { createWire, fastForwardClock, providerChecks } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { deezer } from "../src/index.ts";
import { createDeezerHarness, createPublicDeezerHarness } from "./support/deezer-harness.ts";

describe("Deezer without an application", () => {
  const clock = fastForwardClock();
  const transport = createTransport({ fetch: createSandbox({ clock }).fetch, clock, random: systemRandom });

  it("says whose data it needs to know when a connection names nobody", async () => {
    const session = transport.session({ provider: deezer(), tenantId: "t" });
    await expect(deezer().profile(session)).rejects.toMatchObject({ code: "request.invalid" });
  });

  it("searches and looks up without anybody", async () => {
    const session = transport.session({ provider: deezer(), tenantId: "t" });
    const hits = await deezer().catalogue?.search?.find(session, { by: "words", words: "love" });
    expect(hits?.length).toBeGreaterThan(0);
  });
});

describe.each([
  ["with an application", createDeezerHarness],
  ["without an application", createPublicDeezerHarness],
])("every request of the whole conformance suite, %s", { timeout: 60_000 }, (_, create) => {
  it("carries no parameter that Deezer does not know", async () => {
    const unknown: unknown[] = [];
    for (const check of providerChecks) {
      const harness = create();
      if (check.skipReason(harness)) continue;
      const wire = createWire(harness.fetch);
      await check.run({ ...harness, fetch: wire.fetch });
      unknown.push(...harness.sandbox.control.stats().unknownParameters);
      for (const { url } of wire.requests) {
        expect(["https://api.deezer.com", "https://connect.deezer.com"]).toContain(url.origin);
      }
    }
    expect(unknown).toEqual([]);
  });
});
