import { describeProvider, type ProviderHarness } from "@syncer/testkit";
import { expect } from "vitest";
import { createGoogleHarness } from "./support/google-harness.ts";

/** Fails a test in which Google was sent a parameter that it does not know, or would have mailed anybody. */
function createStrictHarness(switches: object = {}): ProviderHarness {
  const { sandbox, ...harness } = createGoogleHarness();
  const { google } = sandbox.control;
  Object.assign(google.settings, switches);
  return {
    ...harness,
    async close() {
      expect([sandbox.control.stats().unknownParameters, google.mails()]).toEqual([[], []]);
    },
  };
}

describeProvider("google-calendar", () => createStrictHarness());
