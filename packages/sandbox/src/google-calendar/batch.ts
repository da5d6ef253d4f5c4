import { type GoogleRefusal, refusal } from "./errors.ts";

/** Most calls in one batch. */
const MOST_PARTS = 50;

/** Lets one inner call be answered, as if it had come alone. */
export type InnerFetch = (request: Request) => Promise<Response>;

/**
 * `POST /batch/calendar/v3`: each part of a `multipart/mixed` body is an HTTP request of its own, and each answer a part.
 * The outer answer is 200 whatever the inner ones are. Parts are judged in the order in which they stand, which the service
 * does not promise.
 */
export async function serveBatch(request: Request, body: string, inner: InnerFetch): Promise<Response> {
  const type = request.headers.get("content-type") ?? "";
  const boundary = /^multipart\/mixed\s*;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) throw badBatch("Failed to parse batch request: no boundary.");
  const parts = partsOf(body, boundary);
  if (parts.length === 0) throw badBatch("The batch request has no parts.");
  if (parts.length > MOST_PARTS) throw badBatch(`The batch request cannot have more than ${MOST_PARTS} calls.`);
  const answers: string[] = [];
  for (const part of parts) answers.push(await answerPart(part, request, inner));
  const outer = "batch_sandbox";
  const text = `${answers.map((answer) => `--${outer}\r\n${answer}`).join("")}--${outer}--\r\n`;
  return new Response(text, { headers: { "content-type": `multipart/mixed; boundary=${outer}` } });
}

function badBatch(message: string): GoogleRefusal {
  return refusal(400, { reason: "badRequest", message });
}

function partsOf(body: string, boundary: string): readonly string[] {
  const pieces = `\n${body.replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`);
  const closed = pieces.at(-1)?.startsWith("--") === true;
  if (!closed) throw badBatch("Failed to parse batch request: the body does not end with its boundary.");
  return pieces.slice(1, -1).map((piece) => piece.replace(/^[ \t]*\n/, ""));
}

async function answerPart(part: string, outer: Request, inner: InnerFetch): Promise<string> {
  const [partHead, innerText] = cutAtBlankLine(part);
  const contentId = headersOf(partHead.split("\n")).get("content-id");
  const response = await answerInner(innerText, outer, inner);
  const head = [`HTTP/1.1 ${response.status} ${response.ok ? "OK" : "Refused"}`];
  response.headers.forEach((value, name) => {
    head.push(`${name}: ${value}`);
  });
  const id = contentId === null ? [] : [`Content-ID: ${contentId.replace(/^<?/, "<response-").replace(/>?$/, ">")}`];
  const lines = ["Content-Type: application/http", ...id, "", ...head, "", await response.text()];
  return `${lines.join("\r\n")}\r\n`;
}

/** The inner request; the outer one's token stands in where it has none. */
async function answerInner(text: string, outer: Request, inner: InnerFetch): Promise<Response> {
  const [head, body] = cutAtBlankLine(text);
  const [line = "", ...headerLines] = head.split("\n");
  const [, method, target] = /^([A-Z]+) (\S+)(?: HTTP\/1\.\d)?$/.exec(line.trim()) ?? [];
  const url = target === undefined ? null : URL.parse(target, "https://www.googleapis.com");
  const known = url?.origin === "https://www.googleapis.com" && url.pathname.startsWith("/calendar/v3/");
  if (method === undefined || url === null || !known) return malformed();
  const headers = headersOf(headerLines);
  const token = outer.headers.get("authorization");
  if (!headers.has("authorization") && token !== null) headers.set("authorization", token);
  const hasBody = method !== "GET" && body.trim() !== "";
  return inner(new Request(url, { method, headers, ...(hasBody ? { body: body.trim() } : {}) }));
}

function malformed(): Response {
  return badBatch("Failed to parse the call.").response;
}

function headersOf(lines: readonly string[]): Headers {
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    // The length belongs to the text as it stood in the batch.
    return name === undefined || name.toLowerCase() === "content-length"
      ? []
      : [[name, value ?? ""] as [string, string]];
  });
  return new Headers(pairs);
}

function cutAtBlankLine(text: string): readonly [head: string, rest: string] {
  const at = text.indexOf("\n\n");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 2)];
}
