import { type SpotifyCall, wholeNumber } from "./call.ts";

/** Spotify's envelope around one page. */
export interface SpotifyPage {
  readonly href: string;
  readonly items: readonly unknown[];
  readonly limit: number;
  readonly next: string | null;
  readonly offset: number;
  readonly previous: string | null;
  readonly total: number;
}

export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export function sliceOf(call: SpotifyCall, limits: { default: number; max: number }, maxOffset = 100_000): Slice {
  return {
    limit: wholeNumber(call, "limit", { default: limits.default, min: 1, max: limits.max }),
    offset: wholeNumber(call, "offset", { default: 0, min: 0, max: maxOffset }),
  };
}

/**
 * @param path where the list lives, below `/v1`
 * @param extra query parameters that the links repeat
 */
export function pageOf(
  call: SpotifyCall,
  path: string,
  slice: Slice,
  total: number,
  items: readonly unknown[],
  extra: Readonly<Record<string, string>> = {},
): SpotifyPage {
  const link = (offset: number): string => {
    const query = new URLSearchParams({ ...extra, offset: String(offset), limit: String(slice.limit) });
    return `${call.base}${path}?${query}`;
  };
  const { limit, offset } = slice;
  return {
    href: link(offset),
    items,
    limit,
    next: offset + limit < total ? link(offset + limit) : null,
    offset,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    total,
  };
}
