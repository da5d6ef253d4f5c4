import { Hono } from "hono";
import { z } from "zod";
import type { JukeboxSong } from "../src/index.ts";
import { JukeboxAccounts } from "./jukebox-accounts.ts";
import { jukeboxSongs } from "./jukebox-songs.ts";

interface Row {
  readonly savedAtMs: number;
  readonly song: JukeboxSong | null;
}

/** What is asked for and does not exist is not granted. */
function knownScopes(asked: string): string {
  return asked
    .split(" ")
    .filter((scope) => scope === "library:read" || scope === "library:write")
    .join(" ");
}

/**
 * A stand-in for Jukebox that keeps state: one account, its library, the catalogue, sign-in. It is as strict as the
 * real service would be (a batch too large is refused, so is a stale token), because a provider that is tested against
 * a friendly service breaks on the real one.
 *
 * @param clock the time that `saved_at` and token lifetimes are counted in
 */
export function createJukeboxService(clock: { now(): number }) {
  const accounts = new JukeboxAccounts(clock);
  const songs = new Map(jukeboxSongs.map((song) => [song.song_id, song]));
  let library: readonly Row[] = [];
  let revision = 1;

  /** Newest first, as the service lists. */
  const put = (song: JukeboxSong | null) => {
    library = [{ savedAtMs: clock.now(), song }, ...library];
    revision += 1;
  };
  const has = (id: string) => library.some(({ song }) => song?.song_id === id);
  const save = (id: string) => {
    const song = songs.get(id);
    if (!song) return "no_such_song";
    if (has(id)) return "unchanged";
    put(song);
    return "saved";
  };
  const remove = (id: string) => {
    if (!has(id)) return "unchanged";
    library = library.filter(({ song }) => song?.song_id !== id);
    revision += 1;
    return "removed";
  };

  const app = new Hono();
  const fault = (kind: string, status: 400 | 401 | 404) => Response.json({ fault: { kind } }, { status });

  app.get("/oauth/authorize", (context) => {
    const { redirect_uri: redirectUri = "", state = "", code_challenge: challenge, ...rest } = context.req.query();
    if (!challenge || !redirectUri.startsWith("https://")) return fault("BAD_REQUEST", 400);
    const back = new URL(redirectUri);
    back.searchParams.set("state", state);
    if (rest.decision === "deny") back.searchParams.set("error", "access_denied");
    else
      back.searchParams.set(
        "code",
        accounts.giveCode({ challenge, redirectUri, scope: knownScopes(rest.scope ?? "") }),
      );
    return context.redirect(back.href);
  });
  app.post("/oauth/token", async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const field = (name: string) => form.get(name) ?? "";
    if (!field("client_id") || !field("client_secret")) return context.json({ error: "invalid_client" }, 401);
    const scope =
      field("grant_type") === "refresh_token"
        ? accounts.redeemRefreshToken(field("refresh_token"))
        : await accounts.redeemCode(field("code"), field("code_verifier"), field("redirect_uri"));
    return scope === undefined
      ? context.json({ error: "invalid_grant" }, 400)
      : context.json(accounts.giveTokens(scope));
  });
  app.post("/oauth/revoke", async (context) => {
    accounts.revoke(new URLSearchParams(await context.req.text()).get("token") ?? "");
    return context.body(null, 200);
  });

  app.get("/v2/ping", (context) => context.json({ status: "ok" }));
  app.use("/v2/*", async (context, next) => {
    const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    return token && accounts.knows(token) ? next() : fault("TOKEN_STALE", 401);
  });
  app.get("/v2/account", (context) => context.json({ uid: "u-77", handle: "jo", country: "SE" }));
  app.get("/v2/library/revision", (context) => context.json({ revision, count: library.length }));
  app.get("/v2/library/songs", (context) => {
    const size = Number(context.req.query("size") ?? 20);
    const start = Number(context.req.query("cursor")?.replace("after-", "") ?? 0);
    if (!Number.isInteger(size) || size < 1 || size > 40 || !Number.isInteger(start)) return fault("BAD_PAGE", 400);
    const end = start + size;
    return context.json({
      revision,
      count: library.length,
      next_cursor: end < library.length ? `after-${end}` : null,
      next: `${new URL(context.req.url).origin}/v2/library/songs?cursor=after-${end}`,
      rows: library
        .slice(start, end)
        .map(({ savedAtMs, song }) => ({ saved_at: new Date(savedAtMs).toISOString(), song })),
    });
  });
  app.on(["PUT", "DELETE"], "/v2/library/songs", async (context) => {
    const body = z.object({ song_ids: z.array(z.string()).max(25) }).safeParse(await context.req.json());
    if (!body.success) return fault("BAD_BATCH", 400);
    const change = context.req.method === "PUT" ? save : remove;
    return context.json({ results: body.data.song_ids.map((id) => ({ song_id: id, status: change(id) })) });
  });
  app.get("/v2/songs", (context) => {
    const codes = (context.req.query("recording_codes") ?? "").split(",");
    if (codes.length > 10) return fault("TOO_MANY_CODES", 400);
    return context.json({ songs: jukeboxSongs.filter((song) => codes.includes(song.recording_code ?? "-")) });
  });
  app.get("/v2/songs/:id", (context) => {
    const song = songs.get(context.req.param("id"));
    return song ? context.json(song) : fault("NO_SUCH_SONG", 404);
  });
  app.get("/v2/search", (context) => {
    const { title = "", performer = "", words = "", size = "10" } = context.req.query();
    if (/"|(^|\s)-/.test(title + words)) return fault("BAD_QUERY", 400);
    const wanted = `${title} ${performer} ${words}`
      .toLowerCase()
      .split(/[\s:]+/)
      .filter(Boolean);
    const hits = jukeboxSongs.filter((song) => {
      const text = `${song.name} ${song.performers.join(" ")}`.toLowerCase().split(/\s+/);
      return wanted.every((word) => text.includes(word));
    });
    return context.json({ songs: hits.slice(0, Number(size)) });
  });

  return {
    /** Answers requests to any origin, so that it can stand in for the real one. */
    fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
      app.fetch(new Request(input, init)),
    /** Signs the account in, without the detour through a browser. */
    signIn: () => accounts.giveTokens("library:read library:write"),
    fill: (ids: readonly string[]) => {
      for (const id of ids) put(songs.get(id) ?? null);
    },
    addWithdrawnRow: () => put(null),
  };
}
