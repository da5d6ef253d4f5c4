import { describeProvider, type ProviderHarness } from "@syncer/testkit";
import { expect } from "vitest";
import { createDeezerHarness, createPublicDeezerHarness, type DeezerSandboxHarness } from "./support/deezer-harness.ts";

/** Fails a test in which Deezer was sent a parameter that it does not know, or anybody else was asked. */
function strict(harness: DeezerSandboxHarness): ProviderHarness {
  const hosts = new Set<string>();
  return {
    ...harness,
    async fetch(input, init) {
      const request = new Request(input, init);
      hosts.add(new URL(request.url).host);
      return harness.fetch(request);
    },
    async close() {
      expect(harness.sandbox.control.stats().unknownParameters).toEqual([]);
      expect(["api.deezer.com", "connect.deezer.com"]).toEqual(expect.arrayContaining([...hosts]));
    },
  };
}

describeProvider("deezer, with an application", () => strict(createDeezerHarness()));
describeProvider("deezer, refusing what is there already", () =>
  strict(createDeezerHarness({ duplicateFavourite: "refuse" })),
);
describeProvider("deezer, claiming more rows than it gives", () => strict(createDeezerHarness({ surplusTotal: 7 })));
describeProvider("deezer, showing for a while what was before", () =>
  strict(createDeezerHarness({ staleReadsMs: 10_000 })),
);
describeProvider("deezer, without an application", () => strict(createPublicDeezerHarness()));
