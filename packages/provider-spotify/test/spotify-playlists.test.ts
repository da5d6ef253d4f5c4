import { MalformedAnswerError, ServiceError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { playlists } = provider.collections;

const me = { account_id: "aQ7xL2mN9p", id: "jo.listener", display_name: "Jo" };
const done = () => new Response(null, { status: 200 });

function playlist(id: string, more: object = {}) {
  return {
    id,
    name: "Sunday",
    description: "",
    public: true,
    collaborative: false,
    snapshot_id: `snapshot-of-${id}`,
    owner: { id: "jo.listener", display_name: "Jo" },
    items: { href: "https://api.spotify.com/v1/…", total: 143 },
    ...more,
  };
}

function page(items: readonly (object | null)[], next: string | null = null, total = items.length) {
  return { href: "https://api.spotify.com/v1/me/playlists", limit: 50, offset: 0, total, next, previous: null, items };
}

async function list(...answers: readonly object[]) {
  const { session, requests } = cannedSession(me, ...answers);
  const pages = [];
  for await (const listed of playlists.read.list(session, {})) pages.push(listed);
  const facts = pages.flatMap(({ entries }) =>
    entries.map((row) => (row.state === "listed" ? playlists.facts(row.native, session) : row.state)),
  );
  return { pages, facts, requests };
}

describe("Spotify's playlists", () => {
  it("are the user's own by the id that owners are named by, not by the account id", async () => {
    const { facts } = await list(
      page([
        playlist("own"),
        playlist("followed", { owner: { id: "another" }, items: undefined }),
        playlist("shared", { owner: { id: "another" }, collaborative: true }),
        playlist("odd", { owner: { id: me.account_id } }),
      ]),
    );
    expect(facts).toEqual([
      { access: "owned", contentsVersion: "snapshot-of-own", size: 143 },
      { access: "followed", contentsVersion: "snapshot-of-followed" },
      { access: "shared", contentsVersion: "snapshot-of-shared", size: 143 },
      { access: "followed", contentsVersion: "snapshot-of-odd", size: 143 },
    ]);
  });

  it("count their entries in both dialects", async () => {
    const { facts } = await list(page([playlist("old", { items: undefined, tracks: { total: 7 } })]));
    expect(facts).toMatchObject([{ size: 7 }]);
  });

  it("keep the place of a row without content, and lead on from page to page by offsets of their own", async () => {
    const stray = "https://elsewhere.invalid/v1/me/playlists?offset=40&limit=7&access_token=x";
    const { pages, requests } = await list(page([playlist("a"), null], stray, 41), page([playlist("b")], null, 41));
    expect(pages.flatMap(({ entries }) => entries.map(({ state }) => state))).toEqual([
      "listed",
      "unreadable",
      "listed",
    ]);
    expect(requests.map(({ origin, pathname, search }) => `${origin}${pathname}${search}`)).toEqual([
      "https://api.spotify.com/v1/me",
      "https://api.spotify.com/v1/me/playlists?limit=50&offset=0",
      "https://api.spotify.com/v1/me/playlists?limit=50&offset=40",
    ]);
    const circle = "https://api.spotify.com/v1/me/playlists?offset=0";
    await expect(list(page([playlist("a")], circle, 90))).rejects.toThrow(MalformedAnswerError);
  });

  it("ask who the user is once for all that a session reads", async () => {
    const { session, requests } = cannedSession(me, page([]), page([]), [true], playlist("a"));
    for (let times = 0; times < 2; times += 1) for await (const _ of playlists.read.list(session, {}));
    await playlists.read.get(session, "a");
    expect(requests.filter(({ pathname }) => pathname === "/v1/me")).toHaveLength(1);
  });

  it("show descriptions as they were written, and say nothing of a visibility that is not known", () => {
    const native = { ...playlist("a", { description: "R&amp;B &lt;3", public: null }), own: true };
    expect(playlists.toUniversal(native)).toEqual({ name: "Sunday", description: "R&B <3" });
    expect(playlists.toUniversal({ ...native, description: null, public: false })).toEqual({
      name: "Sunday",
      description: "",
      public: false,
    });
  });

  it("are gone when the library no longer has them, although they can still be read", async () => {
    const { session, requests } = cannedSession([false]);
    expect(await playlists.read.get(session, "a")).toEqual({ state: "gone" });
    expect(requests.map(({ pathname, search }) => pathname + search)).toEqual([
      "/v1/me/library/contains?uris=spotify%3Aplaylist%3Aa",
    ]);
  });

  it("are gone when Spotify does not know them, and when nothing of that is said, not", async () => {
    const missing = Response.json({ error: { status: 404, message: "Resource not found" } }, { status: 404 });
    const { session } = cannedSession([true], missing);
    expect(await playlists.read.get(session, "a")).toEqual({ state: "gone" });
    await expect(playlists.read.get(cannedSession([]).session, "a")).rejects.toThrow(MalformedAnswerError);
  });
});

describe("writing Spotify's playlists", () => {
  it("creates private ones unless told otherwise", async () => {
    const { session, sent } = cannedSession(playlist("a", { public: false }), playlist("b"));
    await playlists.write.create(session, { item: { name: "Sunday" }, operationId: "o1" });
    await playlists.write.create(session, { item: { name: "Sunday", public: true }, operationId: "o2" });
    expect(sent).toEqual([
      { method: "POST", json: { name: "Sunday", public: false } },
      { method: "POST", json: { name: "Sunday", public: true } },
    ]);
  });

  it("makes one line of a description, and answers with what a read would show", async () => {
    const { session, sent } = cannedSession(done());
    const previous = { ...playlist("a", { description: "old" }), own: true };
    const item = { description: "one\r\n two &amp; three" };
    const { native } = await playlists.write.update(session, { id: "a", item, previous, operationId: "o" });
    expect(sent).toEqual([{ method: "PUT", json: { description: "one two &amp; three" } }]);
    expect(playlists.toUniversal(native)).toEqual({
      name: "Sunday",
      description: "one two &amp; three",
      public: true,
    });
  });

  it("deletes by no longer following, and knows an id that never was", async () => {
    const { session, requests, sent } = cannedSession(
      done(),
      Response.json({ error: { status: 400, message: "Invalid track uri" } }, { status: 400 }),
    );
    await playlists.write.delete(session, { id: "a", operationId: "o" });
    expect([sent[0]?.method, requests[0]?.pathname]).toEqual(["DELETE", "/v1/me/library"]);
    expect(requests[0]?.searchParams.get("uris")).toBe("spotify:playlist:a");
    const failing = playlists.write.delete(session, { id: "b", operationId: "o" });
    await expect(failing).rejects.toMatchObject({ failure: { kind: "not-found" } });
    await expect(failing).rejects.toThrow(ServiceError);
  });
});
