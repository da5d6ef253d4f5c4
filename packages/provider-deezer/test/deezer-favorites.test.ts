import { MalformedAnswerError, ServiceError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { favorites } = provider.collections;

function row(id: number, more: object = {}) {
  return { id, type: "track", title: "A title", readable: true, duration: 214, time_add: 1_763_661_851 + id, ...more };
}

const SELF = "https://api.deezer.com/user/me/tracks?access_token=a-token&index=100";

async function list(...answers: readonly unknown[]) {
  const { session, requests } = cannedSession(...answers);
  const pages = [];
  for await (const page of favorites.read.list(session, {})) pages.push(page);
  return {
    entries: pages.flatMap(({ entries }) => entries),
    pages,
    indexes: requests.map(({ url }) => url.searchParams.get("index")),
    requests,
  };
}

describe("Deezer's favourites", () => {
  it("keep the place of what cannot be read, and tell what cannot be synced", async () => {
    const { entries } = await list({
      data: [row(1), null, row(-5), row(6, { type: "episode" }), row(7, { readable: false, time_add: 0 })],
      total: 5,
    });
    expect(entries.map(({ native: _, ...entry }: { native?: unknown; state: string }) => entry)).toEqual([
      { state: "listed", id: "1", addedAtMs: 1_763_661_852_000 },
      { state: "unreadable" },
      { state: "unsyncable", id: "-5", reason: "upload" },
      { state: "unsyncable", id: "6", reason: "episode" },
      { state: "listed", id: "7" },
    ]);
  });

  it("end where the rows end, though the total claims more", async () => {
    const { indexes, entries } = await list({ data: [row(1), row(2)], total: 9, next: SELF }, { data: [], total: 9 });
    expect(indexes).toEqual(["0", "2"]);
    expect(entries).toHaveLength(2);
  });

  it("go on where the page ended, also after a page that was cut short", async () => {
    const { indexes } = await list(
      { data: [row(1), row(2)], total: 4, next: SELF },
      { data: [row(3)], total: 4, next: SELF },
      { data: [row(4)], total: 4 },
    );
    expect(indexes).toEqual(["0", "2", "3"]);
  });

  it("cost one request for each full page, and none to see the end", async () => {
    const pageOf = (start: number) => Array.from({ length: 100 }, (_, index) => row(start + index));
    const { indexes } = await list({ data: pageOf(1), total: 200, next: SELF }, { data: pageOf(101), total: 200 });
    expect(indexes).toEqual(["0", "100"]);
  });

  it("are read to the end when no total is given", async () => {
    const { entries } = await list({ data: [row(1)], next: SELF }, { data: [row(2)], next: SELF }, { data: [] });
    expect(entries).toHaveLength(2);
  });

  it("stop with an error when a page comes back (D5)", async () => {
    const page = { data: [row(1), row(2)], total: 90, next: SELF };
    await expect(list(page, page)).rejects.toThrow(MalformedAnswerError);
  });

  it("put the token into queries, never into a header", async () => {
    const { requests } = await list({ data: [], total: 0 });
    expect(requests[0]?.url.searchParams.get("access_token")).toBe("a-token");
  });

  it("have a fingerprint of total, newest id and newest time, which a probe of the last row reads too", async () => {
    const { pages } = await list({ data: [row(1), row(2), row(3)], total: 3 });
    const { session, requests } = cannedSession({ data: [row(3)], total: 3 });
    const probe = await favorites.read.probe?.read(session, { rows: 3 });
    expect(pages.at(-1)?.fingerprint).toBe("3|3|1763661854");
    expect(probe).toEqual({ rows: 3, fingerprint: "3|3|1763661854" });
    expect(requests[0]?.url.search).toContain("index=2&limit=2");
  });

  it.each([
    ["one more row", { data: [row(3), row(4)], total: 4 }],
    ["one row less", { data: [], total: 2 }],
    ["another last row", { data: [row(9)], total: 3 }],
  ])("show %s to a probe", async (_, answer) => {
    const { session } = cannedSession(answer);
    const probe = await favorites.read.probe?.read(session, { rows: 3 });
    expect(probe?.fingerprint).not.toBe("3|3|1763661854");
  });

  it("count rows by a probe that saw the end, whatever the total claims", async () => {
    const { session } = cannedSession({ data: [row(3)], total: 12 });
    expect(await favorites.read.probe?.read(session, { rows: 3 })).toMatchObject({ rows: 3 });
  });

  it("are added as a form of up to 50 ids, with the token in the form", async () => {
    const { session, requests } = cannedSession(true);
    expect(await favorites.write.add(session, ["1", "2"])).toEqual([
      { id: "1", result: "written" },
      { id: "2", result: "written" },
    ]);
    expect(requests).toMatchObject([{ method: "POST", form: "track_ids=1%2C2&access_token=a-token" }]);
    expect(requests[0]?.url.search).toBe("");
  });

  const exists = { error: { type: "ParameterException", message: "This song already exists", code: 500 } };
  const missing = { error: { type: "DataException", message: "no data", code: 800 } };

  it("answer for a single id what Deezer says of it", async () => {
    expect(await favorites.write.add(cannedSession(exists).session, ["1"])).toEqual([
      { id: "1", result: "already-there" },
    ]);
    expect(await favorites.write.remove(cannedSession(missing).session, ["1"])).toEqual([
      { id: "1", result: "not-found" },
    ]);
  });

  it("leave it to the caller to find the one id for which a batch is refused", async () => {
    await expect(favorites.write.add(cannedSession(exists).session, ["1", "2"])).rejects.toThrow(ServiceError);
  });

  it.each([
    ["collection-full", { error: { type: "Exception", message: "Items limit exceeded", code: 100 } }],
    ["invalid", false],
  ])("throw %s for a single id too, since it is no fact about that id", async (kind, answer) => {
    await expect(favorites.write.add(cannedSession(answer).session, ["1"])).rejects.toMatchObject({
      failure: { kind },
    });
  });

  it.each([["1,2"], ["-7"], ["abc"], [""]])("never send %j as an id", async (id) => {
    const { session, requests } = cannedSession();
    await expect(favorites.write.add(session, [id])).rejects.toMatchObject({ code: "request.invalid" });
    expect(requests).toEqual([]);
  });

  it("never send more than the batch that is known to work", async () => {
    const ids = Array.from({ length: 51 }, (_, index) => String(index + 1));
    const { session, requests } = cannedSession();
    await expect(favorites.write.add(session, ids)).rejects.toMatchObject({ code: "request.invalid" });
    await expect(favorites.write.remove(session, ["1", "2"])).rejects.toMatchObject({ code: "request.invalid" });
    expect(requests).toEqual([]);
  });
});
