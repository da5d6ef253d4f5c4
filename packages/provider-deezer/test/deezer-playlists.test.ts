import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { playlists } = provider.collections;

function row(id: number, more: object = {}) {
  return {
    id,
    title: "Sunday",
    public: true,
    is_loved_track: false,
    collaborative: false,
    nb_tracks: 143,
    checksum: `checksum-of-${id}`,
    creator: { id: 42, name: "jo_listener", type: "user" },
    type: "playlist",
    ...more,
  };
}

/** A session of the user 42. */
function ownSession(...answers: readonly unknown[]) {
  const { session, requests } = cannedSession(...answers);
  return { session: { ...session, accountId: "42" }, requests };
}

const error = (code: number, message = "x") => ({ error: { type: "Exception", message, code } });
const found = row(7);

describe("Deezer's playlists", () => {
  it("are the user's own, somebody else's to fill or only to follow, or the favourites", async () => {
    const another = { creator: { id: 43, name: "another", type: "user" } };
    const rows = [
      row(1),
      row(2, another),
      row(3, { ...another, collaborative: true }),
      row(4, { is_loved_track: true }),
    ];
    const { session } = ownSession({ data: [...rows, null], total: 5 });
    const facts = [];
    for await (const { entries } of playlists.read.list(session, {})) {
      facts.push(
        ...entries.map((entry) => (entry.state === "listed" ? playlists.facts(entry.native, session) : entry)),
      );
    }
    expect(facts).toEqual([
      { access: "owned", contentsVersion: "checksum-of-1", size: 143 },
      { access: "followed", contentsVersion: "checksum-of-2", size: 143 },
      { access: "shared", contentsVersion: "checksum-of-3", size: 143 },
      { access: "owned", shows: "favorites", contentsVersion: "checksum-of-4", size: 143 },
      { state: "unreadable" },
    ]);
  });

  it("have a description by their id only", () => {
    expect(playlists.toUniversal(row(1))).toEqual({ name: "Sunday", public: true });
    expect(playlists.toUniversal(row(1, { description: "" }))).toEqual({
      name: "Sunday",
      description: "",
      public: true,
    });
    expect(playlists.unlisted).toEqual(["description"]);
  });

  it("are gone when Deezer has no data on them, and hidden ones are not gone", async () => {
    expect(await playlists.read.get(ownSession(error(800)).session, "7")).toEqual({ state: "gone" });
    const hidden = ownSession(error(200, "This playlist is private")).session;
    await expect(playlists.read.get(hidden, "7")).rejects.toMatchObject({ failure: { kind: "forbidden" } });
  });
});

describe("writing Deezer's playlists", () => {
  it("creates with one request, and says truthfully that what it made is public", async () => {
    const { session, requests } = ownSession({ id: 14_835_184_403 });
    const item = { name: "Sunday", description: "slow", public: false };
    const { id, native } = await playlists.write.create(session, { item, operationId: "o" });
    expect(
      requests.map(({ method, url, form }) => [method, url.pathname, new URLSearchParams(form).toString()]),
    ).toEqual([["POST", "/user/me/playlists", "title=Sunday&description=slow&access_token=a-token"]]);
    expect(id).toBe("14835184403");
    expect(playlists.toUniversal(native)).toEqual({ name: "Sunday", description: "slow", public: true });
    expect(playlists.facts(native, session)).toEqual({ access: "owned", size: 0 });
  });

  it("creates none without a name, and asks nobody", async () => {
    const { session, requests } = ownSession();
    const request = { item: { description: "slow" }, operationId: "o" };
    await expect(playlists.write.create(session, request)).rejects.toMatchObject({ code: "request.invalid" });
    expect(requests).toEqual([]);
  });

  it("changes what is given, hides and shows", async () => {
    const { session, requests } = ownSession(true, true);
    const change = { id: "7", previous: { ...found, description: "slow" }, operationId: "o" };
    const hidden = await playlists.write.update(session, { ...change, item: { public: false } });
    await playlists.write.update(session, { ...change, item: { name: "Monday", description: "" } });
    expect(requests.map(({ method, url, form }) => [method, url.pathname, form])).toEqual([
      ["POST", "/playlist/7", "public=false&access_token=a-token"],
      ["POST", "/playlist/7", "title=Monday&description=&access_token=a-token"],
    ]);
    expect(playlists.toUniversal(hidden.native)).toEqual({ name: "Sunday", description: "slow", public: false });
  });

  it.each([
    ["refused without a reason", false, "invalid"],
    ["somebody else's", error(200, "You don't have permission to change this playlist"), "forbidden"],
    ["not there", error(800), "not-found"],
  ])("says so when a playlist is %s", async (_, answer, kind) => {
    const update = playlists.write.update(ownSession(answer).session, {
      id: "7",
      item: { name: "Monday" },
      previous: found,
      operationId: "o",
    });
    await expect(update).rejects.toMatchObject({ failure: { kind } });
    const deletion = playlists.write.delete(ownSession(answer).session, { id: "7", operationId: "o" });
    await expect(deletion).rejects.toMatchObject({ failure: { kind } });
  });
});
