const LISTS_IN_TEXT = ["uris", "ids", "track_ids", "songs"];
const LISTS_IN_JSON = ["uris", "ids", "timestamped_ids", "items", "tracks"];

/** The same request with only the first `count` entries of its batch, wherever the batch stands. */
export function shortenBatch(
  request: { readonly url: URL; readonly body: string },
  count: number,
): { readonly url: URL; readonly body: string } {
  const url = new URL(request.url);
  for (const name of LISTS_IN_TEXT) {
    const list = url.searchParams.get(name);
    if (list !== null) url.searchParams.set(name, list.split(",").slice(0, count).join(","));
  }
  return { url, body: shortenBody(request.body, count) };
}

function shortenBody(body: string, count: number): string {
  if (body.startsWith("--")) return shortenMultipart(body, count);
  if (!/^\s*[[{]/.test(body)) {
    const form = new URLSearchParams(body);
    for (const name of LISTS_IN_TEXT) {
      const list = form.get(name);
      if (list !== null) form.set(name, list.split(",").slice(0, count).join(","));
    }
    return form.toString();
  }
  const parsed: unknown = JSON.parse(body);
  if (Array.isArray(parsed)) return JSON.stringify(parsed.slice(0, count));
  const entries = Object.entries(parsed as object).map(([name, value]) =>
    LISTS_IN_JSON.includes(name) && Array.isArray(value) ? [name, value.slice(0, count)] : [name, value],
  );
  return JSON.stringify(Object.fromEntries(entries));
}

/** Keeps the first parts and the closing line of a multipart body. */
function shortenMultipart(body: string, count: number): string {
  const boundary = body.slice(0, body.search(/\r?\n/));
  const parts = body.split(boundary);
  return [...parts.slice(0, count + 1), "--\r\n"].join(boundary);
}
