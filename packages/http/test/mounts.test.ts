import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpHandler } from "../src/index.ts";
import { nodeHandler } from "../src/node.ts";
import { createLab } from "./support/lab.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** How hosts mount the handler: in one line each, and as the README shows it. */
const mounts: Readonly<Record<string, (handler: HttpHandler) => Promise<string>>> = {
  "Node http": (handler) => serve(nodeHandler(handler)),
  "Express 5": (handler) => serve(express().use(nodeHandler(handler))),
  "Express 5, below a path, behind express.json()": (handler) =>
    serve(express().use(express.json()).use("/api", nodeHandler(handler))),
  Hono: (handler) => {
    const app = new Hono().all("/api/*", (c) => handler.fetch(c.req.raw));
    return serve(getRequestListener(app.fetch));
  },
};

describe.each(Object.entries(mounts))("mounted in %s", (_, mount) => {
  it("reads, writes and refuses as it does alone", async () => {
    const { handler } = await createLab();
    const base = await mount(handler);
    const headers = { "x-test-user": "anna", "content-type": "application/json" };
    const read = await fetch(`${base}/api/services`, { headers });
    expect(read.status).toBe(200);
    expect(await read.json()).toHaveProperty("services");
    const write = await fetch(`${base}/api/pairs`, { method: "POST", headers, body: JSON.stringify({ sync_type: 1 }) });
    expect(write.status).toBe(400);
    expect(await write.json()).toMatchObject({ code: "request.invalid" });
    expect((await fetch(`${base}/api/services`)).status).toBe(401);
    const long = await fetch(`${base}/api/pairs`, {
      method: "POST",
      headers,
      body: JSON.stringify({ pad: "x".repeat(70_000) }),
    });
    expect(long.status).toBe(413);
  });
});
