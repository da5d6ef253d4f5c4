import type { Sandbox } from "@syncer/sandbox";

/** A user of the host with an account at each service. */
export interface Person {
  readonly userId: string;
  readonly spotifyId: string;
  readonly deezerId: number;
}

const FIRST_DEEZER_ID = 4_100_000_000;
/** Favourites at first, and what a user adds before each later round; the oldest one goes then. */
const AT_FIRST = 8;
const ADDED = 2;

/** Registers so many people at both services. */
export function register(sandbox: Sandbox, amount: number): Person[] {
  return Array.from({ length: amount }, (_, index) => {
    const person = { userId: `user-${index}`, spotifyId: `person${index}`, deezerId: FIRST_DEEZER_ID + index };
    sandbox.control.spotify.addUser({ id: person.spotifyId, displayName: `Person ${index}`, country: "DE" });
    sandbox.control.deezer.addUser({
      id: person.deezerId,
      name: `person${index}`,
      firstName: "Person",
      lastName: String(index),
      country: "DE",
    });
    return person;
  });
}

/** What a person does at Spotify before a round: the same in each world of the same catalogue. */
export function live(sandbox: Sandbox, { spotifyId }: Person, index: number, round: number): void {
  const { spotify } = sandbox.control;
  const ids = sandbox.catalogue.spotify.originals.map(({ id }) => id);
  const pick = (from: number, amount: number) =>
    Array.from({ length: amount }, (_, step) => ids[(index * 37 + (from + step) * 101) % ids.length] ?? "");
  if (round === 0) {
    spotify.seedFavourites(spotifyId, pick(0, AT_FIRST));
    return;
  }
  const present = spotify.favourites(spotifyId);
  spotify.removeFavourites(spotifyId, present.slice(-1));
  spotify.seedFavourites(spotifyId, pick(AT_FIRST + (round - 1) * ADDED, ADDED));
}

/** Everybody's favourites at Deezer, as sets. */
export function libraries(sandbox: Sandbox, people: readonly Person[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    people.map(({ userId, deezerId }) => [userId, sandbox.control.deezer.favourites(deezerId).map(String).sort()]),
  );
}
