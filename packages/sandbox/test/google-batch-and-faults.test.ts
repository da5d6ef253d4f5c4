import { beforeEach, describe, expect, it } from "vitest";
import { ConnectionLost, createSandbox, type Fault, type Sandbox } from "../src/index.ts";
import { type Answer, type Api, at, call, googleApi, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = "anna@gmail.example";
const EVENTS = "/calendars/primary/events";
const DAY = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };

let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  sandbox = createSandbox({ clock: new TestClock() });
  api = googleApi(sandbox);
});

interface Inner {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: string;
}

async function batch(calls: readonly Inner[], token?: string): Promise<Response> {
  const accessToken = token ?? sandbox.control.google.issueTokens(ANNA).accessToken;
  const parts = calls.map(({ method, path, body, headers = "" }, index) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const type = body === undefined ? "" : "Content-Type: application/json\r\n";
    return `--b1\r\nContent-Type: application/http\r\nContent-ID: <part${index}>\r\n\r\n${method} /calendar/v3${path} HTTP/1.1\r\n${type}${headers}\r\n${text}\r\n`;
  });
  return sandbox.fetch("https://www.googleapis.com/batch/calendar/v3", {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "multipart/mixed; boundary=b1" },
    body: `${parts.join("")}--b1--\r\n`,
  });
}

/** The inner answers by the id of their call. */
async function answersOf(
  response: Response,
): Promise<Map<string, { readonly status: number; readonly json: unknown }>> {
  const boundary = /boundary=(\S+)/.exec(response.headers.get("content-type") ?? "")?.[1] ?? "";
  const parts = (await response.text()).split(`--${boundary}`).slice(1, -1);
  return new Map(
    parts.map((part) => {
      const id = /Content-ID: <response-(.+)>/.exec(part)?.[1] ?? "";
      const status = Number(/HTTP\/1\.1 (\d+)/.exec(part)?.[1]);
      const body = part.slice(part.lastIndexOf("\r\n\r\n")).trim();
      return [id, { status, json: body === "" ? undefined : JSON.parse(body) }];
    }),
  );
}

describe("a batch", () => {
  it("runs each part alone and answers 200 whatever they come to", async () => {
    const response = await batch([
      { method: "POST", path: `${EVENTS}?sendUpdates=none`, body: { ...DAY, id: "abcde", summary: "One" } },
      { method: "POST", path: EVENTS, body: { ...DAY, id: "abcde" } },
      { method: "GET", path: `${EVENTS}/abcde` },
      { method: "PATCH", path: `${EVENTS}/abcde`, body: { summary: "x" }, headers: 'If-Match: "0"\r\n' },
      { method: "DELETE", path: `${EVENTS}/abcde` },
      { method: "GET", path: "/colors" },
    ]);
    expect(response.status).toBe(200);
    const text = response.clone();
    expect(await text.text()).toContain("HTTP/1.1 204");
    const statuses = (await response.text()).match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(-3)));
    expect(statuses).toEqual([200, 409, 200, 412, 204, 404]);
    expect(sandbox.control.google.events(ANNA)).toEqual([
      expect.objectContaining({ id: "abcde", status: "cancelled" }),
    ]);
  });

  it("names each answer after its call", async () => {
    const calls = ["aaaaa", "bbbbb"].map((id) => ({ method: "POST", path: EVENTS, body: { ...DAY, id } }));
    const answers = await answersOf(await batch(calls));
    expect(at(answers.get("part1")?.json, "id")).toBe("bbbbb");
    expect(answers.get("part0")?.status).toBe(200);
  });

  it("spends quota for every part, and refuses only those that are too many", async () => {
    const limit = { perUser: { requests: 2, perMs: 60_000 }, perProject: { requests: 100, perMs: 60_000 } };
    sandbox.control.google.settings.rateLimits = limit;
    const answers = await answersOf(await batch(Array(4).fill({ method: "GET", path: EVENTS })));
    expect([...answers.values()].map(({ status }) => status)).toEqual([200, 200, 403, 403]);
    expect(sandbox.control.stats()["google-calendar"].rateLimited).toBe(1);
  });

  it("takes 50 parts and no more", async () => {
    const one = { method: "GET", path: `${EVENTS}?maxResults=1` };
    expect((await answersOf(await batch(Array(50).fill(one)))).size).toBe(50);
    expect((await batch(Array(51).fill(one))).status).toBe(400);
    expect((await batch([])).status).toBe(400);
  });

  it("is refused where its body is none, and a part where it is no call", async () => {
    const { accessToken } = sandbox.control.google.issueTokens(ANNA);
    const headers = { authorization: `Bearer ${accessToken}` };
    const plain = await call(sandbox, "https://www.googleapis.com/batch/calendar/v3", {
      method: "POST",
      headers,
      json: {},
    });
    expect(plain.status).toBe(400);
    const answers = await answersOf(await batch([{ method: "GET", path: "/../../elsewhere" }]));
    expect(answers.get("part0")?.status).toBe(400);
    expect((await answersOf(await batch([{ method: "GET", path: EVENTS }], "ya29.dead"))).get("part0")?.status).toBe(
      401,
    );
  });
});

describe("faults on demand", () => {
  const plant = (fault: Fault, method = "GET"): void => {
    sandbox.control.fault({ service: "google-calendar", method, path: "/calendar/v3/calendars/:id/events", fault });
  };
  const insert = (): Promise<Answer> => api(EVENTS, { method: "POST", json: { ...DAY, id: "abcde" } });

  it("break the connection after a write, which the next try finds done", async () => {
    plant({ type: "disconnect", applied: true }, "POST");
    await expect(insert()).rejects.toThrow(ConnectionLost);
    expect((await insert()).status).toBe(409);
  });

  it("answer 5xx and full windows in Google's form", async () => {
    plant({ type: "status", status: 503 });
    expect((await api(EVENTS)).json).toMatchObject({ error: { code: 503, errors: [{ reason: "backendError" }] } });
    plant({ type: "too-many", retryAfter: 7 });
    const full = await api(EVENTS);
    expect([full.status, full.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(at(full.json, "error", "errors", 0, "reason")).toBe("rateLimitExceeded");
    plant({ type: "error-object" });
    expect(await api(EVENTS)).toMatchObject({ status: 200, json: { error: { code: 500 } } });
  });

  it("cut, replace and empty bodies", async () => {
    plant({ type: "truncated-json" });
    expect((await api(EVENTS)).json).toBeUndefined();
    plant({ type: "html" });
    expect((await api(EVENTS)).text).toContain("<!doctype html>");
    plant({ type: "without-items" });
    expect(at((await api(EVENTS)).json, "items")).toBeUndefined();
  });

  it("make listings lie", async () => {
    for (const id of ["aaaaa", "bbbbb"]) await api(EVENTS, { method: "POST", json: { ...DAY, id } });
    plant({ type: "empty-listing" });
    expect(listAt((await api(EVENTS)).json, "items")).toEqual([]);
    const token = at((await api(`${EVENTS}?maxResults=1`)).json, "nextPageToken");
    plant({ type: "looping-page" });
    const looped = await api(`${EVENTS}?maxResults=1&pageToken=${token}`);
    expect(at(looped.json, "nextPageToken")).toBe(token);
  });

  it("let the first parts of a batch take effect only", async () => {
    const path = "/batch/calendar/v3";
    sandbox.control.fault({ service: "google-calendar", path, fault: { type: "half-batch", apply: 2 } });
    const calls = ["aaaaa", "bbbbb", "ccccc"].map((id) => ({ method: "POST", path: EVENTS, body: { ...DAY, id } }));
    expect((await batch(calls)).status).toBe(500);
    expect(sandbox.control.google.events(ANNA).map(({ id }) => id)).toEqual(["aaaaa", "bbbbb"]);
  });

  it("refuse a refresh", async () => {
    sandbox.control.fault({ service: "google-calendar", path: "/token", fault: { type: "invalid-grant" } });
    const answer = await call(sandbox, "https://oauth2.googleapis.com/token", { method: "POST", form: {} });
    expect(answer).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
  });
});
