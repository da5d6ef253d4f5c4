import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type RunningServer, type Sandbox, signIn } from "../src/index.ts";
import { at, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const run = promisify(execFile);
const inPackage = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

let sandbox: Sandbox;
let server: RunningServer;

beforeAll(async () => {
  // Time stands still, so that the sessions meet the rate limits however slow the machine is.
  sandbox = createSandbox({ clock: new TestClock() });
  server = await sandbox.listen();
});
afterAll(() => server.close());

const control = (name: string, body?: unknown): Promise<Response> =>
  fetch(`${server.url}/_control/${name}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });

describe("curl sessions written from the descriptions of the services", () => {
  it.each(["spotify", "deezer", "google"])("hold for %s", { timeout: 60_000 }, async (service) => {
    const judged = await run("bash", [inPackage(`judges/${service}-session.sh`)], {
      env: { ...process.env, BASE: server.url },
    });
    expect(judged.stdout).toMatch(new RegExp(`^${service}: \\d+ checks hold`));
  });

  it("fail against something that is no such service", { timeout: 30_000 }, async () => {
    const env = { ...process.env, BASE: `${server.url}/nothing` };
    await expect(run("bash", [inPackage("judges/deezer-session.sh")], { env })).rejects.toThrow(/not so/);
  });
});

describe("the server", () => {
  it("listens on the loopback address and serves every origin under its host name", async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    for (const origin of sandbox.dispatcher.origins) {
      const answer = await fetch(`${server.url}/${new URL(origin).host}/`);
      expect(await answer.text()).not.toContain("nothing here belongs");
    }
    expect(await (await fetch(server.url)).text()).toContain(`${server.url}/api.spotify.com`);
  });

  it("keeps idle connections for longer than clients wait for a budget", async () => {
    const answer = await fetch(server.url);
    expect(answer.headers.get("keep-alive")).toBe("timeout=75");
  });

  it("gives links that can be followed through it", async () => {
    await control("reset", {});
    sandbox.control.spotify.seedFavourites("anna", 3);
    const { accessToken } = sandbox.control.spotify.issueTokens("anna");
    const headers = { authorization: `Bearer ${accessToken}` };
    const page: unknown = await (await fetch(`${server.url}/api.spotify.com/v1/me/tracks?limit=2`, { headers })).json();
    const next: unknown = await (await fetch(String(at(page, "next")), { headers })).json();
    expect(listAt(next, "items")).toHaveLength(1);
    expect(at(next, "previous")).toContain(server.url);
  });

  it("signs in over HTTP", async () => {
    const query = new URLSearchParams({
      app_id: sandbox.control.deezer.app.id,
      redirect_uri: "http://localhost:1/callback",
      perms: "basic_access",
    });
    const url = `${server.url}/connect.deezer.com/oauth/auth.php?${query}`;
    const callback = await signIn({ fetch, url, user: sandbox.control.people[0]!.deezerId });
    expect(callback.searchParams.get("code")).toMatch(/^fr/);
  });

  it.each([
    ["cut-body", "terminated"],
    ["disconnect", "fetch failed"],
  ] as const)("breaks the connection for %s", async (type, message) => {
    await control("reset", {});
    await control("fault", { service: "deezer", path: "/track/*", fault: { type } });
    const broken = fetch(`${server.url}/api.deezer.com/track/953097`).then((answer) => answer.text());
    await expect(broken).rejects.toThrow(message);
    const next = await fetch(`${server.url}/api.deezer.com/track/953097`);
    expect(next.status).toBe(200);
  });

  it("says so when the port is taken", async () => {
    await expect(createSandbox().listen({ port: server.port })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe("control calls over HTTP", () => {
  it("seed, switch, plant faults, count and reset", async () => {
    await control("reset", {});
    expect(await (await control("spotify/favourites", { user: "anna", tracks: 4 })).json()).toHaveLength(4);
    expect(sandbox.control.spotify.favourites("anna")).toHaveLength(4);
    await control("deezer/settings", { surplusTotal: 3 });
    expect(sandbox.control.deezer.settings.surplusTotal).toBe(3);
    await control("fault", { service: "deezer", fault: { type: "deezer-error", code: 700 }, times: 1 });
    const answer = await fetch(`${server.url}/api.deezer.com/infos`);
    expect(at(await answer.json(), "error", "code")).toBe(700);
    const stats: unknown = await (await control("stats")).json();
    expect(at(stats, "deezer", "faultsServed")).toBe(1);
    await control("reset", {});
    expect(sandbox.control.spotify.favourites("anna")).toEqual([]);
  });

  it.each([
    ["fault", { service: "deezer", fault: { type: "gremlin" } }, "Field fault must be"],
    ["fault", { service: "tidal", fault: { type: "html" } }, "Field service must be"],
    ["deezer/settings", { nonsense: 1 }, "No setting nonsense"],
    ["spotify/favourites", { user: "anna", tracks: 1e9 }, "tracks to draw from"],
    ["spotify/favourites", { tracks: 1 }, "Field user must be a string"],
    ["google/share", { calendar: "anna@gmail.example", user: "ben@gmail.example", role: "king" }, "Field role must be"],
    ["google/event", { calendar: "anna@gmail.example", event: {} }, "required"],
    ["google/event", { calendar: "anna@gmail.example" }, "Field event must be an object"],
    ["google/untick", { user: "nobody@gmail.example", scopes: [] }, "No such Google user"],
  ])("refuse a wrong %s with words", async (name, body, message) => {
    const answer = await control(name, body);
    expect(answer.status).toBe(400);
    expect(String(at(await answer.json(), "error"))).toContain(message);
  });

  it("list themselves when asked for one that does not exist", async () => {
    const answer = await control("nonsense");
    expect(answer.status).toBe(404);
    expect(listAt(await answer.json(), "calls")).toContain("POST reset");
  });
});

describe("the command", () => {
  const start = (...more: string[]) =>
    spawn(process.execPath, ["--conditions=@syncer/source", inPackage("src/cli.ts"), ...more], {
      stdio: ["ignore", "pipe", "pipe"],
    });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "prints its address when ready and ends in good order on %s",
    async (signal) => {
      const child = start("--port", "0", "--favourites", "3");
      const [first] = (await once(child.stdout, "data")) as [Buffer];
      const url = /Sandbox ready at (\S+)/.exec(first.toString())?.[1] ?? "";
      const stats = await fetch(`${url}/_control/stats`);
      expect(stats.status).toBe(200);
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
    },
  );

  it("refuses options that make no sense", { timeout: 30_000 }, async () => {
    const child = start("--regime", "BETA");
    expect(await once(child, "exit")).toEqual([2, null]);
  });
});
