import { badRequest } from "./errors.ts";

/** A parsed `spotify:kind:id`. */
export interface SpotifyUri {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
}

const BASE62_ID = /^[0-9A-Za-z]{22}$/;

export function isBase62Id(text: string): boolean {
  return BASE62_ID.test(text);
}

/** Refuses what is not of the form; users have names instead of base-62 ids. */
export function parseUri(text: string): SpotifyUri {
  const [scheme, kind = "", ...rest] = text.split(":");
  const id = rest.join(":");
  const wellFormed = scheme === "spotify" && (kind === "user" ? id !== "" : isBase62Id(id));
  if (!wellFormed) throw badRequest(`Invalid uri: ${text}`);
  return { kind, id, text };
}
