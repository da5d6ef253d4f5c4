import { describe, expect, it } from "vitest";
import { connectedHost } from "../support/host.ts";

const LIMIT = 30;

describe("bounds of a run", () => {
  it("sends no request beyond `maxRequests` a side, keeps what was found, and a run without the bound ends it", async () => {
    const host = await connectedHost({ favourites: 60, engine: { bounds: { maxRequests: LIMIT } } });
    host.sandbox.control.clearStats();
    const bounded = await host.sync();
    expect(bounded).toMatchObject({
      status: "failed",
      error: { code: "run.bound-exceeded", params: { bound: "requests", limit: LIMIT } },
    });
    const sent = Object.values(bounded.requests.target).reduce((sum, count) => sum + count, 0);
    expect(sent).toBe(LIMIT);
    expect(host.favourites.deezer()).toEqual([]);

    const free = await host.restart({ bounds: {} }).sync();
    expect(free.status).toBe("succeeded");
    expect(free.counts.added).toBe(host.favourites.deezer().length);
    expect(free.counts.added).toBeGreaterThan(50);
  });

  it("reads no collection beyond `maxItems`", async () => {
    const host = await connectedHost({ favourites: 60, engine: { bounds: { maxItems: 40 } } });
    expect(await host.sync()).toMatchObject({
      status: "failed",
      error: { code: "run.bound-exceeded", params: { bound: "items", limit: 40 } },
    });
  });
});
