import type { LogEvent } from "@syncer/core";
import { describe, expect, it, vi } from "vitest";
import { createLab, ORIGIN, REDIRECTS } from "./support/lab.ts";

const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };
const FAVOURITES = 6;

describe("what nobody may read", () => {
  it("is in no answer, log or event of a whole life: tokens, codes and secrets never, content only where it is asked for", async () => {
    const logs: LogEvent[] = [];
    const lab = await createLab({}, { logger: (event) => logs.push(event) });
    const events: unknown[] = [];
    lab.engine.on((event) => events.push(event));
    const answers: string[] = [];
    const ask = async (method: string, path: string, given: object = {}) => {
      const answer = await lab.call(method, path, given);
      answers.push(`${answer.text} ${JSON.stringify([...answer.headers])}`);
      return answer;
    };
    await lab.connected();
    lab.sandbox.control.spotify.seedFavourites("anna", FAVOURITES);
    const tokens = await Promise.all(
      (await lab.engine.connections.list({ userId: "anna" })).map(({ id }) =>
        lab.engine.connections.tokens({ userId: "anna", connectionId: id }),
      ),
    );
    const secrets = tokens.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken ?? accessToken]);
    expect(secrets.filter((secret) => secret.length > 8)).toHaveLength(4);
    const { id } = (await ask("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } })).json;
    await lab.engine.start();
    const plan = (await ask("POST", "/api/plans", { json: { pair_id: id } })).json;
    await vi.waitFor(async () => expect((await ask("GET", `/api/plans/${plan.id}`)).json.state).toBe("ready"), 20_000);
    const named = (await lab.call("GET", `/api/plans/${plan.id}/items?names=true&section=write`)).json.items;
    const titles = named.flatMap(({ source }: { source: { title: string } }) => source.title);
    expect(titles.length).toBeGreaterThan(2);
    const job = (await ask("POST", `/api/plans/${plan.id}/apply`, { json: {} })).json;
    await vi.waitFor(
      async () => expect((await ask("GET", `/api/jobs/${job.id}`)).json.status).toBe("succeeded"),
      20_000,
    );
    for (const path of [
      "/api/services/connected",
      "/api/pairs",
      "/api/jobs",
      "/api/plans",
      "/api/me/audit",
      "/api/me/export",
    ]) {
      await ask("GET", path);
    }
    await ask("GET", `/api/plans/${plan.id}/items`);
    await ask("GET", "/health", { as: undefined });
    await ask("DELETE", "/api/me");
    const told = JSON.stringify([answers, logs, events]);
    for (const secret of secrets) expect(told).not.toContain(secret);
    for (const title of titles) expect(told).not.toContain(JSON.stringify(title).slice(1, -1));
    expect(logs.length).toBeGreaterThan(5);
    await lab.engine.stop();
  });
});

describe("what somebody sends to be sent on", () => {
  it.each(["\r\nset-cookie: a=b", "%0d%0aset-cookie:%20a=b", "\u0000", "\u2028"])(
    "comes into no header: %j",
    async (text) => {
      const lab = await createLab({ returnTo: "/settings" });
      const answers = [
        await lab.call("POST", "/api/services/spotify/connect", {
          json: { redirect_url: `${REDIRECTS.spotify}${text}` },
        }),
        await lab.call("GET", `/api/services/spotify/callback?state=x&error=${encodeURIComponent(text)}`),
        await lab.call("GET", `/api/services/${encodeURIComponent(text)}/callback?state=x&code=y`),
        await lab.call("GET", `/api/jobs?cursor=${encodeURIComponent(text)}`),
        await lab.call("GET", `/api/jobs/${encodeURIComponent(text)}/events`),
      ];
      for (const { status, headers } of answers) {
        expect(status).toBeLessThan(500);
        expect(headers.get("set-cookie")).toBeNull();
        const location = headers.get("location");
        if (location !== null) expect(location).toMatch(/^\/settings\?service=[\w-]+&error=[\w.-]+$/);
      }
      expect(lab.unexpected).toEqual([]);
    },
  );

  it("is no address that this host would call for them: what a service has is asked of that service only", async () => {
    const lab = await createLab();
    const called: string[] = [];
    const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      called.push(String(input));
      throw new Error("nothing may be called");
    });
    for (const address of [
      "http://169.254.169.254/latest",
      "http://127.0.0.1:5432/",
      "file:///etc/passwd",
      `${ORIGIN}/api`,
    ]) {
      const json = { server_url: address, username: "u", password: "p" };
      for (const name of ["spotify", "deezer"]) {
        expect((await lab.call("POST", `/api/services/${name}/connect`, { json })).status).toBe(400);
        const redirect = await lab.call("POST", `/api/services/${name}/connect`, { json: { redirect_url: address } });
        expect(redirect.status).toBe(400);
      }
    }
    expect(called).toEqual([]);
    fetching.mockRestore();
  });
});
