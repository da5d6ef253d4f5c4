import { memoryStorage, type StorageAdapter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { startHost } from "../support/host.ts";
import { copied, HOUR, MINUTE, scenario, sortedIds } from "../support/scenario.ts";

describe("G. Tokens", () => {
  it("G1: a token that expires in the middle of a run is refreshed once, and the request repeated once", async () => {
    const s = await scenario("sync-to");
    const library = s.recordings(60);
    s.a.like(library);
    s.engine.on((event) => {
      if (event.type === "run.progress" && event.phase === "resolving" && event.done === 20) {
        s.sandbox.control.spotify.expireAccessTokens();
      }
    });
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 60, left: 0, refused: 0 } });
    const { spotify } = s.sandbox.control.stats();
    expect(spotify.byKind.token).toBe(1);
    // Requests under way together are refused together; each of them is sent once more and no other.
    const refused = spotify.byStatus["401"] ?? 0;
    expect(refused).toBeGreaterThanOrEqual(1);
    expect(refused).toBeLessThanOrEqual(6);
    expect(spotify.byKind.lookup + spotify.byKind.search - refused).toBe(report.items.length);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(s.events.filter(({ type }) => type === "connection.refreshed")).toHaveLength(1);
  });

  it("G1: a token that is known to end is refreshed before it is used, without a refusal", async () => {
    const s = await copied(10);
    await s.clock.advance(HOUR);
    s.a.like(s.recordings(12).slice(10));
    expect((await s.run()).counts.added).toBe(2);
    const { spotify } = s.sandbox.control.stats();
    expect(spotify.byKind.token).toBe(1);
    expect(spotify.byStatus["401"]).toBeUndefined();
  });

  it("G2: two workers that meet one expired token refresh it once", async () => {
    const s = await copied(10);
    const other = startHost({ clock: s.clock, sandbox: s.sandbox, storage: s.storage });
    const ref = await s.connection("spotify");
    // Both have the old token in memory.
    await Promise.all([s.engine.connections.tokens(ref), other.engine.connections.tokens(ref)]);
    s.sandbox.control.spotify.expireAccessTokens();
    s.sandbox.control.clearStats();
    const look = async ({ engine }: Pick<typeof other, "engine">) =>
      engine.registry.get("spotify").profile(await engine.connections.session(ref));
    await Promise.all([look(s.host), look(other), look(s.host), look(other)]);
    expect(s.sandbox.control.stats().spotify.byKind.token).toBe(1);
    const [row] = await s.storage.select({ table: "user_services", where: { id: ref.connectionId } });
    expect(row?.token_version).toBe(2);
  });

  it.each([
    [false, "the old refresh token is as good as ever, and nobody notices"],
    [true, "the user is asked to sign in again, once, and nothing is written"],
  ] as const)("G4: killed between the refresh answer and saving it (tokens rotate: %s): %s", async (rotates, _) => {
    const inner = memoryStorage();
    let dies = false;
    const storage: StorageAdapter = {
      migrate: () => inner.migrate(),
      select: (query) => inner.select(query),
      count: (query) => inner.count(query),
      close: () => inner.close(),
      write: (batch) => {
        const saves = batch.statements.some((each) => "update" in each && "access_token" in each.set);
        return dies && saves ? Promise.reject(new Error("the process was killed here")) : inner.write(batch);
      },
    };
    const s = await copied(10, "sync-from", { storage });
    s.sandbox.control.spotify.settings.rotateRefreshTokens = rotates;
    await s.clock.advance(2 * HOUR);
    s.a.like(s.recordings(12).slice(10));
    dies = true;
    await s.run().catch(() => undefined);
    expect(s.sandbox.control.stats().spotify.byKind.token).toBe(1);
    expect(s.b.writes()).toBe(0);

    dies = false;
    await s.clock.advance(HOUR);
    const restarted = s.host.restart();
    const report = await restarted.sync();
    if (!rotates) return expect(report).toMatchObject({ status: "succeeded", counts: { added: 2 } });
    expect(report).toMatchObject({ status: "failed", error: { code: "auth.reauthorization-required" }, items: [] });
    expect(s.b.ids()).toHaveLength(10);
    await s.clock.advance(HOUR);
    await restarted.sync();
    expect(restarted.events.filter(({ type }) => type === "connection.reauthorization-required")).toHaveLength(1);
    await restarted.connect("spotify");
    expect(await restarted.sync()).toMatchObject({ status: "succeeded", counts: { added: 2 } });
  });

  it("G6: an invalid_grant after another worker rotated the token reads again before it concludes", async () => {
    const s = await copied(10);
    s.sandbox.control.spotify.settings.rotateRefreshTokens = true;
    const other = startHost({ clock: s.clock, sandbox: s.sandbox, storage: s.storage });
    const ref = await s.connection("spotify");
    await other.engine.connections.tokens(ref);
    s.sandbox.control.spotify.expireAccessTokens();
    await s.engine.connections.refresh(ref);
    s.sandbox.control.clearStats();
    // The other worker still holds the first access token, which is refused; the refresh token has been rotated away.
    const report = await other.sync();
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    expect(s.sandbox.control.stats().spotify.byKind.token).toBe(0);
    expect(await s.engine.connections.get(ref)).toMatchObject({ state: "active" });
    expect((await s.run()).status).toBe("succeeded");
  });

  it("G6: an invalid_grant whose refresh token was replaced while it was under way is no end of the connection", async () => {
    const s = await copied(10);
    s.sandbox.control.spotify.settings.rotateRefreshTokens = true;
    const ref = await s.connection("spotify");
    const [old] = await s.storage.select({ table: "user_services", where: { id: ref.connectionId } });
    if (!old) throw new Error("no connection");
    // Another worker has rotated: its tokens are stored between our reading of the old ones and Spotify's answer.
    const { access_token, refresh_token } = old;
    s.sandbox.control.spotify.expireAccessTokens();
    await s.engine.connections.refresh(ref);
    const [fresh] = await s.storage.select({ table: "user_services", where: { id: ref.connectionId } });
    if (!fresh) throw new Error("no connection");
    await s.storage.write({
      statements: [{ update: "user_services", set: { access_token, refresh_token }, where: { id: ref.connectionId } }],
    });
    let restored = false;
    const slow = startHost({
      clock: s.clock,
      sandbox: s.sandbox,
      storage: s.storage,
      engine: {
        fetch: async (input, init) => {
          const answer = await s.sandbox.fetch(input, init);
          if (String(input instanceof Request ? input.url : input).includes("/api/token") && !restored) {
            restored = true;
            await s.storage.write({
              statements: [
                {
                  update: "user_services",
                  set: { access_token: fresh.access_token, refresh_token: fresh.refresh_token },
                  increment: { token_version: 1 },
                  where: { id: ref.connectionId },
                },
              ],
            });
          }
          return answer;
        },
      },
    });
    const report = await slow.sync();
    expect(restored).toBe(true);
    expect(report).toMatchObject({ status: "succeeded" });
    expect(await s.engine.connections.get(ref)).toMatchObject({ state: "active" });
  });

  it.each(["spotify", "deezer"] as const)(
    "G7: a real revocation at %s stops once, and goes on after a new sign-in without a full copy",
    async (service) => {
      const s = await copied(30);
      const { spotify, deezer } = s.sandbox.control;
      if (service === "spotify") spotify.revoke(s.anna.spotifyId);
      else deezer.revoke(s.anna.deezerId);
      s.a.like(s.recordings(32).slice(30));
      const links = await s.links();
      const report = await s.run();
      expect(report).toMatchObject({ status: "failed", items: [], error: { code: "auth.reauthorization-required" } });
      const needed = () => s.events.filter(({ type }) => type === "connection.reauthorization-required");
      expect(needed()).toHaveLength(1);
      expect(await s.engine.connections.get(await s.connection(service))).toMatchObject({
        state: "needs-reauthorization",
      });
      expect(await s.links()).toEqual(links);

      await s.clock.advance(MINUTE);
      const again = await s.run();
      expect(again).toMatchObject({ status: "failed", error: { code: "auth.reauthorization-required" } });
      expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
      expect(needed()).toHaveLength(1);

      await s.connect(service);
      const resumed = await s.run();
      expect(resumed).toMatchObject({ status: "succeeded", counts: { added: 2 } });
      expect(s.b.requests("lookup")).toBe(2);
      expect(s.b.writes()).toBe(1);
      expect(s.b.ids()).toEqual(sortedIds(s.b, s.recordings(32)));
      expect(await s.engine.pairs.list({ userId: "user-1" })).toHaveLength(1);
      expect(await s.linkStates()).toEqual({ linked: 32 });
    },
  );

  it("G11: a new sign-in during a run replaces the tokens in one step, and the run goes on with the new ones", async () => {
    const s = await scenario("sync-to");
    const library = s.recordings(80);
    s.a.like(library);
    const { connectionId } = await s.connection("spotify");
    const rowNow = async () => (await s.storage.select({ table: "user_services", where: { id: connectionId } }))[0];
    const before = await rowNow();
    let reconnected: Promise<unknown> | undefined;
    const authorizations = new Set<string | null>();
    const watching = s.host.restart({
      fetch: (input, init) => {
        if (String(input).includes("/v1/search")) authorizations.add(new Headers(init?.headers).get("authorization"));
        return s.sandbox.fetch(input, init);
      },
    });
    watching.engine.on((event) => {
      if (event.type !== "run.progress" || event.phase !== "resolving" || event.done !== 20) return;
      reconnected ??= watching.connect("spotify");
    });
    const report = await watching.sync({}, "sync-to");
    expect(await reconnected).toMatchObject({ outcome: "reconnected", connection: { id: connectionId } });
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 80 } });
    expect(authorizations.size).toBe(2);
    expect((await rowNow())?.token_version).toBe((before?.token_version ?? 0) + 1);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(await s.engine.connections.list({ userId: "user-1" })).toHaveLength(2);
  });

  it("G11: a new sign-in while a revoked token is being refused heals the connection for the next run", async () => {
    const s = await scenario("sync-to");
    const library = s.recordings(80);
    s.a.like(library);
    let reconnected: Promise<unknown> | undefined;
    s.engine.on((event) => {
      if (reconnected || event.type !== "run.progress" || event.phase !== "resolving" || event.done !== 20) return;
      s.sandbox.control.spotify.revoke(s.anna.spotifyId);
      reconnected = s.connect("spotify");
    });
    await s.run();
    expect(await reconnected).toMatchObject({ outcome: "reconnected" });
    expect(await s.engine.connections.get(await s.connection("spotify"))).toMatchObject({ state: "active" });
    expect(await s.run()).toMatchObject({ status: "succeeded" });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(await s.linkStates()).toEqual({ linked: 80 });
  });
});
