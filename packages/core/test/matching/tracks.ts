import { type Comparison, createMatcher, type UniversalTrack } from "@syncer/core";

export const matcher = createMatcher();

/** A made-up track; every field but the title can be replaced or taken away with `undefined`. */
export function track(
  title: string,
  fields: { readonly [K in keyof UniversalTrack]?: UniversalTrack[K] | undefined } = {},
): UniversalTrack {
  const given = { title, artists: ["Ann Vale"], externalIds: {}, ...fields };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as UniversalTrack;
}

export function compare(a: UniversalTrack, b: UniversalTrack): Comparison {
  return matcher.compare(matcher.prepare(a), matcher.prepare(b));
}

export const confidence = (a: UniversalTrack, b: UniversalTrack): number => compare(a, b).confidence;
