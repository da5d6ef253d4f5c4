import { z } from "@hono/zod-openapi";
import { type App, problems, type RouteParts } from "./app.ts";
import { readBytes } from "./guards.ts";
import { HttpProblem } from "./problems.ts";

/** More than any service sends at once. */
const MAX_BYTES = 262_144;
/** Set by the adapter for Node where a parser in front has taken the bytes. */
export const PARSED_HEADER = "x-syncer-body-parsed";

/** Webhooks come to the root, from services that sign in nowhere: each is verified by itself. */
export function describeWebhooks(app: App, { settings }: Pick<RouteParts, "settings">): void {
  if (settings.webhooksPath === false) return;
  app.openAPIRegistry.registerPath({
    operationId: "receiveWebhook",
    ...{
      method: "post",
      path: `${settings.webhooksPath}/{service}`,
      tags: ["webhooks"],
      summary: "Where services call",
    },
    ...{ security: [], servers: [{ url: "/" }] },
    request: {
      params: z.object({ service: z.string() }),
      query: z.object({
        validationToken: z
          .string()
          .optional()
          .openapi({ description: "Of Microsoft Graph, before it opens a channel." }),
      }),
      body: {
        required: false,
        content: {
          "application/json": {
            schema: z
              .looseObject({
                type: z.string().optional(),
                data: z
                  .looseObject({
                    connection_id: z.string().optional(),
                    user_id: z.string().optional(),
                    account_id: z.string().optional(),
                    tenant_id: z.string().optional(),
                    sync_type: z.string().optional(),
                    container_id: z.string().optional(),
                  })
                  .optional(),
              })
              .openapi("SignedDelivery", {
                description:
                  "In the service's own form or, signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), as here.",
              }),
          },
        },
      },
    },
    responses: {
      200: { content: { "text/plain": { schema: z.string() } }, description: "What the service wants to hear first." },
      202: { description: "Accepted: the pairs that it is about run in a moment." },
      ...problems,
    },
  });
}

/**
 * @returns `undefined`: it is something else that is asked for
 * @throws {HttpProblem} 400 `webhook.not-understood`, `http.body-parsed`; 401 `webhook.not-verified`; 405, 413, 415
 */
export async function answerWebhook(request: Request, { engine, settings }: RouteParts): Promise<Response | undefined> {
  const { webhooksPath } = settings;
  const { pathname } = new URL(request.url);
  if (webhooksPath === false || !pathname.startsWith(`${webhooksPath}/`)) return undefined;
  const service = pathname.slice(webhooksPath.length + 1);
  if (request.method !== "POST") {
    throw new HttpProblem(405, "http.method", "Services call by POST.");
  }
  const body = request.body === null ? new Uint8Array() : await readBytes(request.body, MAX_BYTES);
  const { headers, url } = request;
  const isSigned = headers.has("webhook-signature");
  if (isSigned && headers.has(PARSED_HEADER)) {
    const detail = "A parser has read the body, and its bytes are gone. Mount Syncer before express.json().";
    throw new HttpProblem(400, "http.body-parsed", detail);
  }
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (isSigned && type !== "application/json") {
    throw new HttpProblem(415, "http.media-type", 'Send JSON, and say so: "content-type: application/json".');
  }
  const receipt = await engine.webhooks.receive({ service, url, headers, body });
  if (!receipt.accepted) {
    if (receipt.reason === "not-verified")
      throw new HttpProblem(401, "webhook.not-verified", "It is not from whom it should be.");
    throw new HttpProblem(400, "webhook.not-understood", "It has not the form of a delivery of this service.");
  }
  const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  if (receipt.reply === undefined) return new Response(null, { status: 202, headers: guarded });
  return new Response(receipt.reply, {
    status: 200,
    headers: { ...guarded, "content-type": "text/plain; charset=utf-8" },
  });
}
