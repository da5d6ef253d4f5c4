import { z } from "zod";

const ISRC = /^[A-Z]{2}[A-Z0-9]{3}\d{7}$/;

/**
 * An International Standard Recording Code (ISO 3901) in its one canonical form: twelve characters, upper case, no
 * hyphens. Services deliver it in lower case, with hyphens or spaces, as an empty string, or malformed.
 *
 * @returns `undefined` for anything that is not a well-formed code; a malformed code is unknown, not different.
 */
export function normalizeIsrc(raw: string | null | undefined): string | undefined {
  if (!raw) return undefined;
  const code = raw.replace(/[\s-]/g, "").toUpperCase();
  return ISRC.test(code) ? code : undefined;
}

export const isrcSchema = z.string().regex(ISRC, "expected a normalised ISRC: 12 characters, upper case, no hyphens");
