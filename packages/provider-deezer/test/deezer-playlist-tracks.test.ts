import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { contents } = provider.collections.playlists;

const track = (id: number, more: object = {}) => ({
  id,
  type: "track",
  title: "A title",
  readable: true,
  time_add: 0,
  ...more,
});
const duplicate = {
  error: { type: "ParameterException", message: "This song already exists in this playlist", code: 500 },
};

async function list(...answers: readonly object[]) {
  const { session, requests } = cannedSession(...answers);
  const pages = [];
  for await (const page of contents.read.list(session, "7", {})) pages.push(page);
  return { pages, requests };
}

describe("the tracks of Deezer's playlists", () => {
  it("tell with each page which contents it belongs to", async () => {
    const first = { data: [track(1)], total: 2, checksum: "before", next: "https://elsewhere.invalid/?access_token=x" };
    const { pages, requests } = await list(first, { data: [track(2)], total: 2, checksum: "after" });
    expect(pages.map(({ checksum }) => checksum)).toEqual(["before", "after"]);
    expect(requests.map(({ url }) => `${url.pathname}?${url.searchParams.get("index")}`)).toEqual([
      "/playlist/7/tracks?0",
      "/playlist/7/tracks?1",
    ]);
  });

  it("are listed as well when they cannot be played, and uploads are nobody else's to hold", async () => {
    const { pages } = await list({ data: [track(1, { readable: false }), track(-5), null], total: 3 });
    expect(pages[0]?.entries).toMatchObject([
      { state: "listed", id: "1", native: { readable: false } },
      { state: "unsyncable", id: "-5", reason: "upload" },
      { state: "unreadable" },
    ]);
  });

  it("are appended, removed and put into order by one request each", async () => {
    const { session, requests } = cannedSession(true, true, true);
    const written = (id: string) => ({ id, result: "written" });
    expect(await contents.write.insert(session, "7", ["3", "1"])).toEqual({ outcomes: ["3", "1"].map(written) });
    const removed = [
      { id: "1", at: 0 },
      { id: "2", at: 4 },
    ];
    expect(await contents.write.remove(session, "7", removed)).toEqual({ outcomes: ["1", "2"].map(written) });
    expect(await contents.write.order?.(session, "7", ["2", "3", "1"])).toEqual({ outcomes: [] });
    expect(
      requests.map(({ method, url, form }) => [method, url.pathname, url.searchParams.get("songs"), form]),
    ).toEqual([
      ["POST", "/playlist/7/tracks", null, "songs=3%2C1&access_token=a-token"],
      ["DELETE", "/playlist/7/tracks", "1,2", ""],
      ["POST", "/playlist/7/tracks", null, "order=2%2C3%2C1&access_token=a-token"],
    ]);
  });

  it("are there already: told of one, and of several as the failure of the whole call", async () => {
    const one = contents.write.insert(cannedSession(duplicate).session, "7", ["1"]);
    expect(await one).toEqual({ outcomes: [{ id: "1", result: "already-there" }] });
    const several = contents.write.insert(cannedSession(duplicate).session, "7", ["1", "2"]);
    await expect(several).rejects.toMatchObject({ failure: { kind: "already-there" } });
  });

  it("fill a playlist up to a limit that Deezer tells", async () => {
    const full = { error: { type: "Exception", message: "Items limit exceeded", code: 100 } };
    const insert = contents.write.insert(cannedSession(full).session, "7", ["1"]);
    await expect(insert).rejects.toMatchObject({ failure: { kind: "collection-full" } });
  });

  it("are refused without a request when they are too many or no ids of Deezer", async () => {
    const { session, requests } = cannedSession();
    const many = Array.from({ length: 51 }, (_, index) => String(index));
    const refused = { code: "request.invalid" };
    await expect(contents.write.insert(session, "7", many)).rejects.toMatchObject(refused);
    await expect(contents.write.insert(session, "7", ["1,2"])).rejects.toMatchObject(refused);
    await expect(contents.write.remove(session, "7", [{ id: "x", at: 0 }])).rejects.toMatchObject(refused);
    await expect(contents.write.order?.(session, "7", ["1", ""])).rejects.toMatchObject(refused);
    expect(requests).toEqual([]);
  });

  it("need no request for none, and an order may have as many as the playlist", async () => {
    const { session, requests } = cannedSession(true);
    expect(await contents.write.insert(session, "7", [])).toEqual({ outcomes: [] });
    expect(await contents.write.remove(session, "7", [])).toEqual({ outcomes: [] });
    expect(requests).toEqual([]);
    await contents.write.order?.(
      session,
      "7",
      Array.from({ length: 2_000 }, (_, index) => String(index)),
    );
    expect(requests).toHaveLength(1);
  });
});
