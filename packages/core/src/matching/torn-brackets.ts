import { classifyTail } from "./classify-tail.ts";

/** A version in brackets has at most as many words; further back nothing is looked for. */
const mostWords = 5;
const closeInWord = /\)(\p{L}{1,3})(?= |$)/u;

/**
 * Puts brackets back that a damaged list lost or moved by a letter, where a version stands in them: "Paper Kites live)",
 * "Paper Kites (Liv)e". Everything else stays as it is: "(Un)true" is a title.
 */
export function mendBrackets(title: string): string {
  const close = title.indexOf(")");
  if (close < 0) return title;
  const open = title.indexOf("(");
  return open < 0 || open > close ? openBefore(title, close) : closeBehindWord(title, open);
}

/** From the nearest word on that makes a version of what stands before the bracket. */
function openBefore(title: string, close: number): string {
  let start = close;
  for (let words = 0; words < mostWords && start > 0; words++) {
    start = title.lastIndexOf(" ", start - 1);
    if (start <= 0) return title;
    if (isVersion(title.slice(start + 1, close))) return `${title.slice(0, start)} (${title.slice(start + 1)}`;
  }
  return title;
}

function closeBehindWord(title: string, open: number): string {
  const found = closeInWord.exec(title);
  if (found === null || found.index < open) return title;
  const [, rest = ""] = found;
  const inside = title.slice(open + 1, found.index);
  if (!isVersion(inside + rest)) return title;
  const end = found.index + 1 + rest.length;
  return `${title.slice(0, found.index)}${rest})${title.slice(end)}`;
}

const isVersion = (text: string): boolean => classifyTail(text).kind === "version";
