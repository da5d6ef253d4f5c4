/** A stretch of a title that stands apart: in brackets or after a dash. */
export interface Tail {
  readonly text: string;
  readonly inBrackets: boolean;
}

interface TitleParts {
  /** The title without its tails; brackets that more title follows stay in it. */
  readonly head: string;
  readonly tails: readonly Tail[];
}

const anyTail = /[([{]| [-|~]|- /;
const noTails: readonly Tail[] = [];

/**
 * Takes a title with unified punctuation apart. `keepInline` decides about a bracket that more title follows
 * ("(Can You) Feel It"): true leaves it in the head. Reads every character once.
 */
export function splitTails(title: string, keepInline: (text: string) => boolean): TitleParts {
  if (!anyTail.test(title)) return { head: title, tails: noTails };
  const [first = "", ...dashed] = splitDashes(title);
  const tails: Tail[] = [];
  const head = takeBrackets(first, tails, keepInline);
  for (const segment of dashed) {
    const inner: Tail[] = [];
    const text = takeBrackets(segment, inner, keepInline).trim();
    if (text !== "") tails.push({ text, inBrackets: false });
    tails.push(...inner);
  }
  return { head, tails };
}

/** At a spaced dash, bar or wave outside of brackets. */
function splitDashes(title: string): string[] {
  const segments: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < title.length; i++) {
    const char = title.charAt(i);
    if (isOpen(char)) depth++;
    else if (isClose(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && (char === "-" || char === "|" || char === "~") && isSeparator(title, i)) {
      segments.push(title.slice(start, i));
      start = i + 1;
    }
  }
  segments.push(title.slice(start));
  const filled = segments.filter((segment) => segment.trim() !== "");
  return filled.length === 0 ? [title] : filled;
}

function isSeparator(title: string, at: number): boolean {
  const before = title.charAt(at - 1) === " ";
  const after = title.charAt(at + 1) === " " || at + 1 === title.length;
  return before && (after || title.charAt(at) !== "-");
}

function takeBrackets(segment: string, tails: Tail[], keepInline: (text: string) => boolean): string {
  const lastText = lastTextOutside(segment);
  let head = "";
  let depth = 0;
  let start = 0;
  for (let i = 0; i < segment.length; i++) {
    const char = segment.charAt(i);
    if (isOpen(char)) {
      if (depth++ === 0) {
        head += segment.slice(start, i);
        start = i + 1;
      }
    } else if (isClose(char) && depth > 0 && --depth === 0) {
      const text = segment.slice(start, i).trim();
      start = i + 1;
      if (start <= lastText && keepInline(text)) head += ` ${text} `;
      else if (text !== "") tails.push({ text, inBrackets: true });
    }
  }
  const rest = segment.slice(start).trim();
  if (depth > 0 && head.trim() !== "") {
    if (rest !== "") tails.push({ text: rest, inBrackets: true }); // a bracket that nobody closed
  } else head += rest;
  return head;
}

/** Where the last character outside of brackets stands; -1 if there is none. Once per segment keeps the whole linear. */
function lastTextOutside(segment: string): number {
  let depth = 0;
  let last = -1;
  for (let i = 0; i < segment.length; i++) {
    const char = segment.charAt(i);
    if (isOpen(char)) depth++;
    else if (isClose(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && char !== " ") last = i;
  }
  return last;
}

const isOpen = (char: string): boolean => char === "(" || char === "[" || char === "{";
const isClose = (char: string): boolean => char === ")" || char === "]" || char === "}";
