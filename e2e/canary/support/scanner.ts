import { createHash } from "node:crypto";

/** Something that must not be found anywhere. */
export interface Canary {
  /** What it is, for the one who reads the failure: `title`, `access token` … */
  readonly kind: string;
  readonly value: string;
}

/** A canary that was found. */
export interface Leak {
  readonly kind: string;
  readonly value: string;
  readonly form: string;
  readonly where: string;
}

interface Needle {
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter than this, a form would be found in any ciphertext by chance. */
const SHORTEST = 8;

/** Looks for canaries in text and bytes, however they may have been written down. */
export class Scanner {
  readonly #needles: readonly { readonly canary: Canary; readonly needles: readonly Needle[] }[];

  constructor(canaries: readonly Canary[]) {
    const distinct = new Map(canaries.map((canary) => [canary.value, canary]));
    this.#needles = [...distinct.values()].map((canary) => ({ canary, needles: needlesOf(canary.value) }));
  }

  /** How many distinct values are looked for. */
  get size(): number {
    return this.#needles.length;
  }

  find(where: string, hay: string | Uint8Array): Leak[] {
    const bytes = typeof hay === "string" ? Buffer.from(hay) : Buffer.from(hay.buffer, hay.byteOffset, hay.byteLength);
    return this.#needles.flatMap(({ canary, needles }) =>
      needles.filter((needle) => bytes.includes(needle.bytes)).map(({ form }) => ({ ...canary, form, where })),
    );
  }
}

function needlesOf(value: string): Needle[] {
  const utf8 = Buffer.from(value);
  const needles: Needle[] = [];
  const add = (form: string, text: string | Buffer) => {
    const bytes = Buffer.from(text as string);
    if (bytes.length >= SHORTEST) needles.push({ form, bytes });
  };
  add("plain", value);
  add("lower case", value.toLowerCase());
  add("upper case", value.toUpperCase());
  add("UTF-16", Buffer.from(value, "utf16le"));
  add("JSON", JSON.stringify(value).slice(1, -1));
  add(
    "JSON in ASCII",
    value.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
  add("URL-encoded", encodeURIComponent(value));
  add("form-encoded", new URLSearchParams({ v: value }).toString().slice(2));
  add("hex", utf8.toString("hex"));
  add("upper-case hex", utf8.toString("hex").toUpperCase());
  for (const encoding of ["base64", "base64url"] as const) {
    // Inside something longer a value begins at any of three places of a group; its own middle is always the same.
    for (const shift of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(shift), utf8])
        .toString(encoding)
        .replace(/=+$/, "");
      const end = (shift + utf8.length) % 3 === 0 ? whole.length : whole.length - 1;
      add(`${encoding} at ${shift}`, whole.slice(shift === 0 ? 0 : shift + 1, end));
    }
  }
  for (const algorithm of ["sha256", "sha1", "md5", "sha512"]) {
    for (const [how, text] of [
      ["", value],
      [" of lower case", value.toLowerCase()],
      [" of trimmed lower case", value.trim().toLowerCase()],
    ] as const) {
      const digest = createHash(algorithm).update(text).digest();
      add(`${algorithm}${how}, hex`, digest.toString("hex"));
      add(`${algorithm}${how}, base64`, digest.toString("base64").replace(/=+$/, ""));
      add(`${algorithm}${how}, base64url`, digest.toString("base64url"));
      add(`${algorithm}${how}, bytes`, digest);
    }
  }
  return needles;
}
