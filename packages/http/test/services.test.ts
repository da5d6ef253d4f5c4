import { describe, expect, it } from "vitest";
import { createLab, ORIGIN, REDIRECTS } from "./support/lab.ts";

describe("services", () => {
  it("are listed, connected through their consent pages, shown, switched off and disconnected", async () => {
    const lab = await createLab();
    const { json: before } = await lab.call("GET", "/api/services");
    expect(before.services.map(({ name }: { name: string }) => name)).toEqual(["spotify", "deezer"]);
    expect((await lab.call("GET", "/api/services/connected")).json).toEqual({ services: [] });

    await lab.connected();
    const { json } = await lab.call("GET", "/api/services/connected");
    expect(json.services).toMatchObject([
      { name: "spotify", display_name: "Spotify", category: "music", state: "active", enabled: true, last_sync: null },
      { name: "deezer", display_name: "Deezer", state: "active" },
    ]);
    expect(json.services[0].account_name).toBe("Anna");

    expect((await lab.call("PATCH", "/api/services/spotify", { json: { enabled: false } })).json.enabled).toBe(false);
    expect(await lab.call("DELETE", "/api/services/spotify")).toMatchObject({
      status: 200,
      json: { message: "Spotify is disconnected.", removed_pairs: 0 },
    });
    expect(await lab.call("DELETE", "/api/services/spotify")).toMatchObject({
      status: 404,
      json: { code: "service.not-connected", error: "Spotify is not connected." },
    });
  });

  it("send users back to permitted addresses only", async () => {
    const lab = await createLab();
    for (const redirect_url of [`${REDIRECTS.spotify}/`, "https://evil.example/callback", `${ORIGIN}@evil.example/`]) {
      const answer = await lab.call("POST", "/api/services/spotify/connect", { json: { redirect_url } });
      expect(answer).toMatchObject({ status: 400, json: { code: "auth.redirect-refused" } });
      expect(answer.text).not.toContain("evil");
    }
  });

  it("take a callback from the person who began only: an intruder's account is connected to nobody else", async () => {
    const lab = await createLab();
    const { callbackPath } = await lab.connect("spotify", "ben");
    expect(await lab.call("GET", callbackPath, { as: "anna" })).toMatchObject({
      status: 403,
      json: { code: "auth.state-foreign" },
    });
    expect(await lab.call("GET", callbackPath, { as: undefined })).toMatchObject({ status: 401 });
    expect((await lab.call("GET", "/api/services/connected", { as: "anna" })).json.services).toEqual([]);
  });

  it("take a callback once, and none that nobody began", async () => {
    const lab = await createLab();
    const { callbackPath } = await lab.connect("spotify");
    expect((await lab.call("GET", callbackPath)).status).toBe(200);
    for (const path of [callbackPath, "/api/services/spotify/callback?code=c&state=made-up"]) {
      expect(await lab.call("GET", path)).toMatchObject({ status: 400, json: { code: "auth.state-unknown" } });
    }
  });

  it("lead back to the host's page where it has one, telling it what came of the sign-in and nothing more", async () => {
    const lab = await createLab({ returnTo: "/settings?tab=music#services" });
    const { callbackPath } = await lab.connect("deezer");
    const done = await lab.call("GET", callbackPath);
    expect([done.status, done.headers.get("location")]).toEqual([
      303,
      "/settings?tab=music&service=deezer&outcome=connected#services",
    ]);
    const again = await lab.call("GET", callbackPath);
    expect(again.headers.get("location")).toBe("/settings?tab=music&service=deezer&error=auth.state-unknown#services");
  });

  it("are synced as a whole: 404 if not connected, 409 without a pair, else every pair that is on", async () => {
    const lab = await createLab();
    expect(await lab.call("POST", "/api/services/spotify/sync")).toMatchObject({ status: 404 });
    expect(await lab.call("POST", "/api/services/nobody/sync")).toMatchObject({ status: 404 });
    await lab.connected();
    expect(await lab.call("POST", "/api/services/spotify/sync")).toMatchObject({ status: 409 });
    for (const sync_type of ["favorites", "albums"]) {
      const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };
      expect((await lab.call("POST", "/api/pairs", { json: { pair, sync_type } })).status).toBe(201);
    }
    const { pairs } = (await lab.call("GET", "/api/pairs")).json;
    await lab.call("POST", `/api/pairs/${pairs[1].id}/pause`);
    const answer = await lab.call("POST", "/api/services/deezer/sync");
    expect(answer).toMatchObject({ status: 202, json: { service_pairs: 1 } });
    expect(answer.json.jobs).toMatchObject([{ pair_id: pairs[0].id, lane: "manual" }]);
  });
});
