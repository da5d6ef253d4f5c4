import { createTransport, systemRandom } from "@syncer/core";
import { createSandbox } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { deezer } from "../src/index.ts";

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
