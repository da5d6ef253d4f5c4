/** What can be told of a calendar object before it is read as an event. */
export interface EventText {
  /** Names of its outermost components, `VEVENT` or `VTODO`, without time zones. Empty: it is no calendar object. */
  readonly components: readonly string[];
  /** When it was last changed, as its last writer says (RFC 5545 §3.8.7.3, else §3.8.7.2). */
  readonly modifiedAtMs?: number;
}

const STAMPS = ["LAST-MODIFIED", "DTSTAMP"] as const;

/**
 * Looks over the lines of a calendar object. Servers tell the time of a change by `getlastmodified` too, but not in the answer to
 * a write; what the text says is the same everywhere.
 */
export function scanEventText(text: string): EventText {
  const path: string[] = [];
  const components = new Set<string>();
  const stamps = new Map<string, number>();
  for (const line of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const [, name = "", value = ""] = /^([A-Za-z-]+)[^:]*:(.*)$/.exec(line) ?? [];
    const word = name.toUpperCase();
    if (word === "BEGIN") path.push(value.trim().toUpperCase());
    else if (word === "END") path.pop();
    if (path.length !== 2 || path[0] !== "VCALENDAR") continue;
    const [, component = ""] = path;
    if (word === "BEGIN" && component !== "VTIMEZONE") components.add(component);
    const atMs = component === "VEVENT" ? utcOf(value) : undefined;
    if (atMs !== undefined) stamps.set(word, Math.max(atMs, stamps.get(word) ?? 0));
  }
  const stamp = STAMPS.find((each) => stamps.has(each));
  const modifiedAtMs = stamp && stamps.get(stamp);
  const isWhole = /^\s*BEGIN:VCALENDAR\s/i.test(text) && /\sEND:VCALENDAR\s*$/i.test(text);
  return { components: isWhole ? [...components] : [], ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }) };
}

function utcOf(value: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value.trim());
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
