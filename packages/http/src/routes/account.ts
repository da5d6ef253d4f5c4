import { createRoute, z } from "@hono/zod-openapi";
import type { UserDataPage } from "@syncer/core";
import { type App, isoTime, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { nextCursor, pageOf, pageQuery, readCursor } from "../paging.ts";

const tags = ["me"];
const exportRoute = createRoute({
  operationId: "exportMe",
  ...{ method: "get", path: "/me/export", tags, summary: "All that is stored about the user" },
  responses: {
    200: {
      content: { "application/x-ndjson": { schema: z.string() } },
      description:
        "A line of JSON for each page of a table: ids, hashes, times, counts and states; what is sealed stays sealed.",
    },
    ...problems,
  },
});
const entrySchema = z
  .object({
    id: z.string(),
    act: z.string(),
    service: z.string().nullable(),
    subject_id: z.string().nullable(),
    at: timeSchema,
  })
  .openapi("AuditEntry");
const auditRoute = createRoute({
  operationId: "listAudit",
  ...{ method: "get", path: "/me/audit", tags, summary: "What was done with the user's connections, youngest first" },
  request: { query: z.object(pageQuery) },
  responses: {
    200: ok(z.object({ entries: z.array(entrySchema), next_cursor: nextCursor }).openapi("AuditPage"), "A page."),
    ...problems,
  },
});
const eraseRoute = createRoute({
  operationId: "eraseMe",
  ...{
    method: "delete",
    path: "/me",
    tags,
    summary: "Revoke what the user granted, and erase all that is stored about them",
  },
  responses: {
    200: ok(
      z.object({ message: z.string(), revoked: z.int(), not_revoked: z.int(), rows: z.int() }).openapi("Erasure"),
      "It is gone.",
    ),
    ...problems,
  },
});

/** What is stored about the user: to give back, and to erase [STO-4]. */
export function accountRoutes(app: App, { engine }: RouteParts): void {
  app.openapi(exportRoute, async (c) => {
    const pages = engine.users.export(c.env.owner)[Symbol.asyncIterator]();
    // Before the answer begins, so that a database that is down is told by the status.
    const first = await pages.next();
    return c.body(linesOf(first, pages), 200, { "content-type": "application/x-ndjson" }) as never;
  });

  app.openapi(auditRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = readCursor(cursor);
    const query = { ...c.env.owner, limit: limit + 1, ...(after === undefined ? {} : { after }) };
    const { page, next_cursor } = pageOf(await engine.audit.list(query), limit);
    const entries = page.map(({ id, act, service, subjectId, atMs }) => ({
      ...{ id, act, service: service ?? null, subject_id: subjectId ?? null },
      at: isoTime(atMs),
    }));
    return c.json({ entries, next_cursor }, 200);
  });

  app.openapi(eraseRoute, async (c) => {
    const { revoked, notRevoked, rows } = await engine.users.erase(c.env.owner);
    const message = "All that was stored about you is erased.";
    return c.json({ message, revoked, not_revoked: notRevoked, rows }, 200);
  });
}

function linesOf(first: IteratorResult<UserDataPage>, rest: AsyncIterator<UserDataPage>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<UserDataPage>> = Promise.resolve(first);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await next;
      if (done) return controller.close();
      controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
      next = rest.next();
      // Looked at in the next turn; until then nobody misses who handles it.
      next.catch(() => {});
    },
    cancel: () => void rest.return?.(),
  });
}
