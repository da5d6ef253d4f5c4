const markers = new Set(
  (
    "pt pts part parts partie parte teil tl czesc cz osa deel del vol volume no nr num number nummer numero op opus act akt chapter kapitel " +
    "episode ep scene"
  ).split(" "),
);
const words = new Map(
  "one two three four five six seven eight nine ten eleven twelve".split(" ").map((word, i) => [word, i + 1] as const),
);
const roman = new Map(
  "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split(" ").map((word, i) => [word, i + 1] as const),
);

interface Numbers {
  /** Part, volume and opus numbers, and a closing "II"; in order. */
  readonly parts: readonly number[];
  /** The value of a closing "I", "V" or "X", which may as well be a word. */
  readonly closing: number;
  /** Every other number in digits, joined. */
  readonly digits: string;
  /** The words that are left when the part numbers are taken out; may be none. */
  readonly rest: string;
}

const noParts: readonly number[] = [];
const mayHoldNumber =
  /\d|\b(?:i|v|x|ii+|iv|vi+|ix|xi+|xi?v|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b/;

/**
 * Takes part numbers out of a folded title: "tide pt 1", "tide part one" and "tide part i" all leave "tide" and 1.
 * A roman numeral counts after a marker, or at the end of a title if it has two letters or more.
 */
export function readNumbers(folded: string): Numbers {
  if (!mayHoldNumber.test(folded)) return { parts: noParts, closing: 0, digits: "", rest: folded };
  const rest: string[] = [];
  const parts: number[] = [];
  const digits: string[] = [];
  let closing = 0;
  const tokens = folded.split(" ");
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    const next = tokens[i + 1];
    const marked = markers.has(token) && next !== undefined ? numeral(next) : undefined;
    if (marked !== undefined) {
      parts.push(marked);
      i = readSeries(tokens, i + 1, parts);
      continue;
    }
    const value = i > 0 && i === tokens.length - 1 ? roman.get(token) : undefined;
    if (value !== undefined && token.length > 1) parts.push(value);
    else {
      if (value !== undefined) closing = value;
      if (/^\d+$/.test(token)) digits.push(String(Number(token)));
      rest.push(token);
    }
  }
  return { parts, closing, digits: digits.join(","), rest: rest.join(" ") };
}

/** "Parts 1 & 2", "Parts I-V": numerals that follow the first. Returns the index of the last token read. */
function readSeries(tokens: readonly string[], from: number, parts: number[]): number {
  let last = from;
  for (let i = from + 1; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    const value = numeral(token);
    if (value !== undefined) {
      parts.push(value);
      last = i;
    } else if (token !== "and" && token !== "to") break;
  }
  return last;
}

function numeral(token: string): number | undefined {
  if (/^\d{1,4}$/.test(token)) return Number(token);
  return words.get(token) ?? roman.get(token);
}
