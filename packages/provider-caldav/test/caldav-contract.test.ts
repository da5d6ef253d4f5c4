import { type ProviderCheck, type ProviderHarness, providerChecks } from "@syncer/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCaldavHarness } from "./support/caldav-harness.ts";
import { canRun, type DavServer, radicale, xandikos } from "./support/dav-server.ts";

/** What the suite asks of services that say everything at one address, and why it cannot be asked of these. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "reads the user's profile in one request, with an account id that stays":
    "an account is found step by step (RFC 6764 §6)",
  "reads page by page, and asks for no more when the reader stops": "ids come first, then content by calendar-multiget",
  "stops a listing when its session is aborted in the middle": "the same: three requests before the first page",
};

for (const kind of [radicale, xandikos]) {
  describe.skipIf(!canRun(kind))(`provider contract: caldav, against ${kind.name}`, { timeout: 60_000 }, () => {
    let server: DavServer;
    let shown: ProviderHarness;

    beforeAll(async () => {
      server = await kind.start();
      shown = await createCaldavHarness(server);
      await shown.close?.();
    }, 30_000);
    afterAll(() => server?.stop());

    it.each(providerChecks.filter(({ name }) => !(name in OTHERWISE)))("$name", async (check: ProviderCheck) => {
      const reason = check.skipReason(shown);
      if (reason !== undefined) {
        expect(reason).toMatch(/^needs /);
        return;
      }
      const harness = await createCaldavHarness(server);
      await check.run(harness).finally(() => harness.close?.());
    });
  });
}
