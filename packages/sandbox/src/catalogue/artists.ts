import type { Dice } from "../seeded.ts";
import type { DisagreementRates } from "./disagreements.ts";

/** An artist as one service lists it. */
export interface ListedArtist<TId extends string | number = string | number> {
  readonly id: TId;
  readonly name: string;
  /** Derived. */
  readonly followers: number;
  /** Another act of the same name, which has nothing to do with the one of the extract. Invented. */
  readonly namesake: boolean;
  /** Orders search results together with the text: 0 to 1,000,000. Derived. */
  readonly rank: number;
}

/**
 * The artists of a service's tracks and, by seed, others of the same names. Services know one artist to different numbers
 * of people, but the order of magnitude is the same on both.
 *
 * @param scale how many followers the service has for each one of the smaller service
 */
export function listArtists<TId extends string | number>(
  service: "spotify" | "deezer",
  known: Iterable<{ readonly id: TId; readonly name: string }>,
  idOf: (name: string) => TId,
  scale: number,
  rates: DisagreementRates,
  dice: Dice,
): ReadonlyMap<TId, ListedArtist<TId>> {
  const artists = new Map<TId, ListedArtist<TId>>();
  const add = (id: TId, name: string, followers: number, namesake: boolean): void => {
    const rank = Math.min(1_000_000, Math.round((Math.log10(1 + followers) / 8) * 1_000_000));
    artists.set(id, { id, name, followers, namesake, rank });
  };
  for (const { id, name } of known) {
    if (artists.has(id)) continue;
    const fame = 10 ** (3 + 4 * dice.fraction("fame", name));
    const followers = Math.round(fame * scale * (0.7 + 0.6 * dice.fraction(`${service}-followers`, name)));
    add(id, name, followers, false);
    if (!dice.happens(`${service}-namesake`, name, rates.namesakes)) continue;
    const rival = dice.happens(`${service}-namesake-known`, name, rates.namesakesKnown);
    const share = rival ? 0.3 + dice.fraction(`${service}-rival`, name) / 2 : 0.01 * dice.fraction("obscure", name);
    add(idOf(`another ${name}`), name, Math.round(followers * share), true);
  }
  return artists;
}
