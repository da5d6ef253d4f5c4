import { describe, expect, it } from "vitest";
import { connectedHost } from "../support/host.ts";

describe("A. First run and matching", () => {
  it("A1: copies what is on A, and a second run writes nothing", async () => {
    const host = await connectedHost({ favourites: 100 });
    const first = await host.sync();
    expect(first.status).toBe("succeeded");
    expect(host.favourites.deezer()).toHaveLength(first.counts.added);

    const second = await host.sync();
    expect(second.status).toBe("succeeded");
    expect(second.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("A2: two empty sides are a success without writes or guards", async () => {
    const host = await connectedHost();
    const report = await host.sync();
    expect(report).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
    expect(report.hold).toBeUndefined();
  });
});
