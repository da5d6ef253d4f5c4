import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeHandler } from "../src/node.ts";
import { createLab, type Lab } from "./support/lab.ts";

const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };

interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly status?: string; readonly phase?: string };
}

/** The events of a stream, and its comments as events of that name. */
async function* read(body: ReadableStream<Uint8Array>): AsyncGenerator<Heard> {
  let text = "";
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (lines[0]?.startsWith(":")) yield { event: "comment", id: undefined, data: {} };
      const data = field("data");
      if (data !== undefined) yield { event: field("event") ?? "message", id: field("id"), data: JSON.parse(data) };
    }
  }
}

async function all(events: AsyncIterable<Heard>): Promise<Heard[]> {
  const found: Heard[] = [];
  for await (const one of events) found.push(one);
  return found;
}

let lab: Lab;
const controllers: AbortController[] = [];
afterEach(async () => {
  for (const controller of controllers.splice(0)) controller.abort();
  vi.useRealTimers();
  await lab.engine.stop();
});

/** A job that waits, with nobody to do it. */
async function queued(options: Parameters<typeof createLab>[0] = {}) {
  lab = await createLab(options);
  await lab.connected();
  lab.sandbox.control.spotify.seedFavourites("anna", 6);
  const { json } = await lab.call("POST", "/api/sync/manual", {
    json: { service_pairs: [pair], sync_type: "favorites" },
  });
  return json.jobs[0].id as string;
}

function ask(id: string, headers: Readonly<Record<string, string>> = {}, as = "anna") {
  const controller = new AbortController();
  controllers.push(controller);
  const request = new Request(`https://app.example/api/jobs/${id}/events`, {
    headers: { "x-test-user": as, ...headers },
    signal: controller.signal,
  });
  return { controller, answer: lab.handler.fetch(request) };
}

describe("a job's progress", () => {
  it("is told at once, with each change, and ends with the job", async () => {
    const id = await queued();
    const answer = await ask(id).answer;
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const heard: Heard[] = [];
    for await (const one of read(answer.body as ReadableStream<Uint8Array>)) {
      heard.push(one);
      if (heard.length === 1) await lab.engine.start();
    }
    const jobs = heard.filter(({ event }) => event === "job").map(({ data }) => data.status);
    expect(jobs[0]).toBe("queued");
    expect(jobs.at(-1)).toBe("succeeded");
    expect(jobs).toContain("running");
    expect(heard.filter(({ event }) => event === "progress").map(({ data }) => data.phase)).toContain("reading-source");
    expect(new Set(heard.flatMap(({ id: name }) => name ?? [])).size).toBe(jobs.length);
  });

  it("is not told twice to a client that lost the stream and comes again", async () => {
    const id = await queued();
    const first = read((await ask(id).answer).body as ReadableStream<Uint8Array>);
    const seen = (await first.next()).value as Heard;
    const again = read((await ask(id, { "last-event-id": seen.id ?? "" }).answer).body as ReadableStream<Uint8Array>);
    await lab.engine.jobs.cancel({ userId: "anna", tenantId: "default", jobId: id });
    const next = (await again.next()).value as Heard;
    expect(next.data.status).toBe("cancelled");
    expect((await again.next()).done).toBe(true);
  });

  it("of a job that has ended is one event, and the end", async () => {
    const id = await queued();
    await lab.engine.jobs.cancel({ userId: "anna", tenantId: "default", jobId: id });
    const events = await all(read((await ask(id).answer).body as ReadableStream<Uint8Array>));
    expect(events.map(({ data }) => data.status)).toEqual(["cancelled"]);
  });

  it("is for its user only", async () => {
    const id = await queued();
    expect((await ask(id, {}, "ben").answer).status).toBe(404);
    expect((await ask("nothing").answer).status).toBe(404);
  });

  it("leaves no timer and no listener when the client goes", async () => {
    const id = await queued();
    const on = vi.spyOn(lab.engine, "on");
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    const before = vi.getTimerCount();
    const { controller, answer } = ask(id);
    const reader = ((await answer).body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect(vi.getTimerCount()).toBeGreaterThan(before);
    expect(on).toHaveBeenCalledOnce();
    controller.abort();
    while (!(await reader.read()).done);
    expect(vi.getTimerCount()).toBe(before);
    const looked = vi.spyOn(lab.engine.jobs, "get");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looked).not.toHaveBeenCalled();
  });

  it("has a heartbeat, and ends for a user who has signed out", async () => {
    let signedIn = true;
    const id = await queued({ user: () => (signedIn ? { userId: "anna" } : undefined) });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    const events = read((await ask(id).answer).body as ReadableStream<Uint8Array>);
    expect((await events.next()).value).toMatchObject({ event: "job" });
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await events.next()).value).toMatchObject({ event: "comment" });
    signedIn = false;
    await vi.advanceTimersByTimeAsync(45_000);
    const rest = await all(events);
    expect(rest.map(({ event }) => event)).toEqual(["comment", "comment"]);
  });

  it("is bounded: the ninth stream of a user waits until another one has ended", async () => {
    const id = await queued();
    const streams = Array.from({ length: 8 }, () => ask(id));
    for (const { answer } of streams) expect((await answer).status).toBe(200);
    const ninth = await ask(id).answer;
    expect([ninth.status, (await ninth.json()).code]).toEqual([429, "http.too-many-streams"]);
    streams[0]?.controller.abort();
    expect((await ask(id).answer).status).toBe(200);
  });

  it("comes through Node's own server, event by event", async () => {
    const id = await queued();
    const server = createServer(nodeHandler(lab.handler));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/api/jobs/${id}/events`, {
      headers: { "x-test-user": "anna" },
    });
    const statuses: (string | undefined)[] = [];
    for await (const { event, data } of read(answer.body as ReadableStream<Uint8Array>)) {
      if (event === "job") statuses.push(data.status);
      if (statuses.length === 1) await lab.engine.jobs.cancel({ userId: "anna", tenantId: "default", jobId: id });
    }
    expect(statuses).toEqual(["queued", "cancelled"]);
    await new Promise((closed) => server.close(closed));
  });
});
