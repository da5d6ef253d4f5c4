import { HttpProblem } from "./problems.ts";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what a browser sends for a page of somebody else: by `Sec-Fetch-Site`, or by `Origin` where that is missing. Programs
 * send neither. A sign-in comes back by GET, and is guarded by its state and its user.
 * @throws {HttpProblem} 403 `http.cross-site`
 */
export function refuseCrossSite(request: Request): void {
  if (READING.has(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const isForeign =
    site === null
      ? origin !== null && !(URL.canParse(origin) && new URL(origin).host === new URL(request.url).host)
      : site !== "same-origin" && site !== "none";
  if (isForeign) {
    throw new HttpProblem(
      403,
      "http.cross-site",
      "Requests that change something are taken from pages of this host only.",
    );
  }
}

/**
 * Reads the body once, as JSON, and no more of it than permitted.
 * @returns `undefined` if there is none
 * @throws {HttpProblem} 415, 413 or 400
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (READING.has(request.method) || request.body === null) return undefined;
  const bytes = await readBytes(request.body, maxBytes);
  if (bytes.length === 0) return undefined;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new HttpProblem(415, "http.media-type", 'Send JSON, and say so: "content-type: application/json".');
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // The parser quotes what it read.
    throw new HttpProblem(400, "http.not-json", "The body is not JSON in UTF-8.");
  }
}

/**
 * No more than permitted.
 * @throws {HttpProblem} 413 `http.too-long`
 */
export async function readBytes(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new HttpProblem(413, "http.too-long", `The body is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
