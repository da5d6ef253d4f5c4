import { createCalendar } from "./calendars.ts";
import type { GoogleUser, GoogleWorld } from "./world.ts";

export interface GoogleUserSeed {
  readonly email: string;
  readonly displayName?: string;
  /** IANA name. Default `Europe/Berlin`. */
  readonly timeZone?: string;
}

/** Registers a person with an empty primary calendar. */
export function addGoogleUser(world: GoogleWorld, seed: GoogleUserSeed): GoogleUser {
  const user: GoogleUser = {
    email: seed.email,
    sub: `1${Number.parseInt(world.dice.hex("sub", seed.email, 13), 16)
      .toString()
      .padStart(20, "0")
      .slice(-20)}`,
    displayName: seed.displayName ?? seed.email,
    timeZone: seed.timeZone ?? "Europe/Berlin",
    list: new Map(),
    untickedScopes: new Set(),
  };
  world.users.set(user.email, user);
  createCalendar(world, user, { id: user.email, summary: user.email, timeZone: user.timeZone });
  return user;
}
