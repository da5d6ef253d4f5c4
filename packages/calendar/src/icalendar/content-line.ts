import { MalformedEventError } from "../event-errors.ts";

/**
 * One unfolded content line (RFC 5545 §3.1). `text` is the line as it was written, and is what is written again: libraries that
 * parse a line and print it again lose what they do not know (ical.js drops parameters without a value, and quotes).
 */
export interface ContentLine {
  readonly text: string;
  /** Upper case. */
  readonly name: string;
  /** By upper-case name; quotes removed. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** As it was written: escaped, of whatever type. */
  readonly value: string;
}

/** Wider than RFC 5545 §3.1, because names of other people's making are. */
const NAME = /^[A-Za-z0-9_.-]+/;
/** A quoted string may hold any of `:;,`; a name without `=` is no parameter, and is passed over as it is kept in `text`. */
const PARAM = /^;([A-Za-z0-9_.-]+)(?:=((?:"[^"]*"|[^",;:]+)*(?:,(?:"[^"]*"|[^",;:]+)*)*))?/;

/** @throws {MalformedEventError} `calendar.malformed-line` */
export function parseLine(text: string): ContentLine {
  const name = NAME.exec(text)?.[0];
  if (!name) throw new MalformedEventError("calendar.malformed-line");
  const params = new Map<string, string[]>();
  let rest = text.slice(name.length);
  for (let match = PARAM.exec(rest); match; match = PARAM.exec(rest)) {
    const values = match[2]?.match(/(?:"[^"]*"|[^",]+)+/g) ?? [];
    if (match[1] && match[2] !== undefined) params.set(match[1].toUpperCase(), values.map(withoutQuotes));
    rest = rest.slice(match[0].length);
  }
  // What stands there instead of a name may be a word of a text that was folded wrongly, and is told to nobody.
  if (!rest.startsWith(":")) throw new MalformedEventError("calendar.malformed-line");
  return { text, name: name.toUpperCase(), params, value: rest.slice(1) };
}

function withoutQuotes(value: string): string {
  return /^"[^"]*"$/.test(value) ? value.slice(1, -1) : value;
}

/** A new line. Values of parameters are quoted where they have to be; `value` is taken as it is. */
export function makeLine(
  name: string,
  value: string,
  params: ReadonlyMap<string, readonly string[]> = new Map(),
): ContentLine {
  const written = [...params].map(([key, values]) => `;${key}=${values.map(paramText).join()}`);
  return { text: `${name}${written.join("")}:${value}`, name, params, value };
}

function paramText(value: string): string {
  const clean = value.replace(/["\p{Cc}]/gu, "");
  return /[:;,]/.test(clean) ? `"${clean}"` : clean;
}

export function param(line: ContentLine | undefined, name: string): string | undefined {
  return line?.params.get(name)?.[0];
}

/** Lines of a text, unfolded; empty ones are left out. Lines that are ended by LF alone, or by CR, are taken. */
export function unfold(text: string): string[] {
  const whole = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .replace(/\n[ \t]/g, "");
  return whole.split("\n").filter((line) => line.trim() !== "");
}

const encoder = new TextEncoder();
const MOST_OCTETS = 75;

/** A line in pieces of 75 octets at most, never cut inside a character, each ended by CRLF. */
export function fold(line: string): string {
  if (line.length <= MOST_OCTETS / 3) return `${line}\r\n`;
  const pieces: string[] = [];
  let piece = "";
  let octets = 0;
  for (const character of line) {
    const size = character.charCodeAt(0) < 0x80 ? 1 : encoder.encode(character).length;
    if (octets + size > MOST_OCTETS) {
      pieces.push(piece);
      piece = " ";
      octets = 1;
    }
    piece += character;
    octets += size;
  }
  return `${[...pieces, piece].join("\r\n")}\r\n`;
}

/** The value of a TEXT (RFC 5545 §3.3.11). */
export function decodeText(value: string): string {
  return value.replace(/\\([\s\S])/g, (_, escaped: string) => (escaped === "n" || escaped === "N" ? "\n" : escaped));
}

/** A TEXT; line ends of any kind are `\n`, other control characters are not allowed and left out. */
export function encodeText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/[\\;,]/g, "\\$&")
    .replace(/\n/g, "\\n");
}

/** The values of a TEXT list: `a,b\,c` are two. */
export function decodeTextList(value: string): string[] {
  return (value.match(/(?:\\[\s\S]|[^,\\])+/g) ?? []).map(decodeText);
}
