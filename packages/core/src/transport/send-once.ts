import type { Clock } from "../ports/index.ts";
import { abortable } from "./abort.ts";

/** More than any page of any service; a longer answer is not ours to hold in memory. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

interface WireRequest {
  readonly method: string;
  readonly url: URL | string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

/** What came of one request: an answer, read to its end, or none. */
export type WireResult =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly text: string }
  /** `cause` holds a code of the platform at most: no URL, no body. */
  | { readonly kind: "lost"; readonly how: "unreachable" | "timed-out" | "too-large"; readonly cause: Error };

/** @throws the signal's reason, and nothing else */
export type SendOnce = (request: WireRequest, signal: AbortSignal) => Promise<WireResult>;

class TooLarge extends Error {}

/**
 * Sends one request once and reads its answer to the end.
 *
 * ofetch is used for what it is good at and kept from the rest: its retries (`retry: 0`), its time-out, which ends
 * with the headers and lets a stalled body hang, its parsing by content type, and its errors, which carry the URL and
 * the body of the request. Redirects are not followed: an answer must not choose where a token goes.
 */
export function createSendOnce(options: { readonly fetch: typeof fetch; readonly clock: Clock }): SendOnce {
  const { clock } = options;
  // On Node its entry loads undici beside the platform's own, which costs as much as all of this package: not at import.
  const loading = import("ofetch").then(({ createFetch }) =>
    createFetch({ fetch: options.fetch, Headers, AbortController }),
  );
  loading.catch(() => {});

  return async ({ method, url, headers, body, timeoutMs }, callerSignal) => {
    const client = await loading;
    callerSignal.throwIfAborted();
    const expired = new AbortController();
    const done = new AbortController();
    clock.sleep(timeoutMs, done.signal).then(
      () => expired.abort(),
      () => {},
    );
    const signal = AbortSignal.any([callerSignal, expired.signal]);
    try {
      const response = await abortable(
        client.raw<unknown, "stream">(String(url), {
          method,
          headers,
          signal,
          ...(body === undefined ? {} : { body }),
          retry: 0,
          redirect: "manual",
          ignoreResponseError: true,
          responseType: "stream",
        }),
        signal,
      );
      const text = await readText(response._data ?? undefined, signal);
      return { kind: "answer", status: response.status, headers: response.headers, text };
    } catch (error) {
      callerSignal.throwIfAborted();
      const how = expired.signal.aborted ? "timed-out" : error instanceof TooLarge ? "too-large" : "unreachable";
      return { kind: "lost", how, cause: withoutContent(error) };
    } finally {
      done.abort();
    }
  };
}

async function readText(stream: ReadableStream<Uint8Array> | undefined, signal: AbortSignal): Promise<string> {
  if (!stream) return "";
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MOST_BODY_BYTES) throw new TooLarge(`more than ${MOST_BODY_BYTES} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // Lets the platform give up the connection; a stream that has failed already refuses, which is fine.
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** The platform's code (`ECONNRESET`, `UND_ERR_SOCKET`) or the error's class: never a message, which quotes URLs. */
function withoutContent(error: unknown): Error {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth += 1) {
    const code: unknown = "code" in inner ? inner.code : undefined;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return new Error(code);
  }
  return new Error(error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "failed");
}
