const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Elements of which nothing is shown. */
const HIDDEN = new Set(["head", "style", "script", "title"]);
/** Elements after which there is a new line. */
const BLOCKS = new Set(["br", "/p", "/div", "/li", "/tr", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6"]);

/**
 * The words of an HTML description, for events that have no other (X-ALT-DESC). Blocks and line breaks become line ends. Reads
 * each character a constant number of times, whatever is left open.
 */
export function plainTextOf(html: string): string {
  const shown: string[] = [];
  let place = 0;
  while (place < html.length) {
    const open = html.indexOf("<", place);
    shown.push(html.slice(place, open === -1 ? html.length : open).replace(/\s+/g, " "));
    if (open === -1) break;
    const name = /^!--|^\/?[a-z][a-z0-9]*/i.exec(html.slice(open + 1, open + 12))?.[0].toLowerCase() ?? "";
    if (BLOCKS.has(name)) shown.push("\n");
    place = endOfTag(html, open, name);
  }
  return decodeEntities(shown.join(""))
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .trim();
}

/** Where the text goes on; what is never closed goes on to the end. */
function endOfTag(html: string, open: number, name: string): number {
  if (name === "!--") return after(html, "-->", open);
  const end = after(html, ">", open);
  if (!HIDDEN.has(name)) return end;
  return after(html, ">", after(html, `</${name}`, end));
}

function after(html: string, text: string, from: number): number {
  const found = html.indexOf(text, from);
  return found === -1 ? html.length : found + text.length;
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) =>
    decodeEntity(whole, name.toLowerCase()),
  );
}

function decodeEntity(whole: string, name: string): string {
  if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
