/**
 * A path with every segment in one spelling. Servers write `@` or `%40` as they like, also in two answers about one thing, so
 * paths are compared like this.
 */
export function canonicalPath(pathname: string): string {
  return pathname.split("/").map(canonicalSegment).join("/");
}

function canonicalSegment(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    // A percent sign that encodes nothing: compared as it is.
    return segment;
  }
}

/**
 * The path that an href names, as the server spells it. Only the path counts: behind a proxy servers name hosts that nobody else
 * knows, and no answer may choose where a password goes.
 */
export function pathOf(href: string, base: URL): string | undefined {
  return URL.canParse(href, base) ? new URL(href, base).pathname : undefined;
}

/** This path at the same host. Never by `new URL(path, base)`: that takes `//evil.example/x` for another host. */
export function atPath(base: URL, path: string): URL {
  const url = new URL(base.origin);
  url.pathname = path;
  return url;
}

/** Whether a path names the collection itself, with or without its last slash. */
export function isCollection(path: string, collection: URL): boolean {
  return withSlash(canonicalPath(path)) === withSlash(canonicalPath(collection.pathname));
}

export function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

const SUFFIX = ".ics";

/**
 * The id of a resource, told from its path: the name of its file, without `.ics`. So the id of an event that was created here is the id
 * that was asked for, whatever the server makes of the rest of the path. A file of another name is `./name`, and one outside of
 * the collection, as an alias of it would be, is its whole path.
 */
export function idOf(path: string, collection: URL): string {
  const [canonical, folder] = [canonicalPath(path), withSlash(canonicalPath(collection.pathname))];
  const name = canonical.slice(folder.length);
  if (!canonical.startsWith(folder) || name === "" || name.includes("/")) return canonical;
  const stem = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && stem !== "" ? stem : `./${name}`;
}

/** The path of the resource with this id; `undefined` if there can be none. */
export function pathOfId(id: string, collection: URL): string | undefined {
  if (id.startsWith("/")) return canonicalPath(id);
  const name = canonicalSegment(id.startsWith("./") ? id.slice(2) : `${id}${SUFFIX}`);
  // As a path, these would be another collection.
  if (id === "" || name === "" || name === "." || name === ".." || !id.isWellFormed()) return undefined;
  return `${withSlash(collection.pathname)}${name}`;
}
