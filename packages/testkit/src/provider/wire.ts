/** One request as it went out. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers in place of the service; `pass` asks the service. */
export type Interceptor = (request: WireRequest, pass: () => Promise<Response>) => Promise<Response>;

/** The line between provider and service: sees every request, and can put other answers in place of the service's. */
export interface Wire {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly WireRequest[];
  /** From now on, until the next call; without an interceptor the service answers by itself. */
  intercept(interceptor?: Interceptor): void;
  /** How many requests go out while `work` is done. */
  count(work: () => Promise<unknown>): Promise<number>;
}

export function createWire(fetch: typeof globalThis.fetch): Wire {
  const requests: WireRequest[] = [];
  let intercepting: Interceptor | undefined;
  return {
    requests,
    intercept(interceptor) {
      intercepting = interceptor;
    },
    async fetch(input, init) {
      init?.signal?.throwIfAborted();
      const request = new Request(input, init);
      const seen: WireRequest = {
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: await request.clone().text(),
      };
      requests.push(seen);
      // The interceptor may send it more than once, or not at all.
      const pass = () => fetch(request.clone());
      return intercepting ? intercepting(seen, pass) : pass();
    },
    async count(work) {
      const before = requests.length;
      await work();
      return requests.length - before;
    },
  };
}

/** The same answer with another body. */
export async function alterBody(response: Response, alter: (text: string) => string): Promise<Response> {
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(alter(text), { status: response.status, headers });
}
