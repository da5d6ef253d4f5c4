type Json = Record<string, unknown>;

/** Edits the page of a JSON answer: the one in `tracks` of a search, else the outermost object. */
export async function editJson(response: Response, edit: (page: Json) => void): Promise<Response> {
  const body: unknown = await response.json();
  if (isObject(body)) {
    const inner = body.tracks;
    edit(isObject(inner) && ("items" in inner || "data" in inner) && !("items" in body) ? inner : body);
  }
  return new Response(JSON.stringify(body), { status: response.status, headers: response.headers });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Answers whose connection breaks after these bytes, for a server, which has a socket to break. */
export const cutAnswers = new WeakMap<Response, Uint8Array>();

/** Sends half of the body, with the length of all of it announced, and breaks the stream. */
export async function cutBody(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const half = bytes.slice(0, Math.max(1, Math.floor(bytes.length / 2)));
  let sent = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) controller.error(new TypeError("terminated"));
      else controller.enqueue(half);
      sent = true;
    },
  });
  const headers = new Headers(response.headers);
  headers.set("content-length", String(bytes.length));
  const cut = new Response(stream, { status: response.status, headers });
  cutAnswers.set(cut, half);
  return cut;
}

/** Sends the body in pieces with a pause before each. */
export async function slowBody(response: Response, chunks: number, pause: () => Promise<void>): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const size = Math.max(1, Math.ceil(bytes.length / chunks));
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        await pause();
      } catch (reason) {
        controller.error(reason);
        return;
      }
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
  return new Response(stream, { status: response.status, headers: response.headers });
}
