import { createDice, type Dice } from "../seeded.ts";

const COUNTRY_CODES = ["US", "GB", "DE", "FR", "NL", "SE", "PL", "IT"] as const;
const LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";

/** A well-formed ISRC that no recording of the extract carries by design: another registrant, the same year. Derived. */
export function derivedIsrc(dice: Dice, trait: string, key: string, year: number): string {
  const letters = [0, 1, 2].map((place) =>
    LETTERS.charAt(dice.roll(`${trait}-registrant-${place}`, key, LETTERS.length)),
  );
  const designation = String(dice.roll(`${trait}-designation`, key, 100_000)).padStart(5, "0");
  return `${dice.pick(`${trait}-country`, key, COUNTRY_CODES)}${letters.join("")}${String(year % 100).padStart(2, "0")}${designation}`;
}

/** The same code the way careless deliveries write it. */
export function unnormalisedIsrc(isrc: string): string {
  const lower = isrc.toLowerCase();
  return `${lower.slice(0, 2)}-${lower.slice(2, 5)}-${lower.slice(5, 7)}-${lower.slice(7)}`;
}

const upcDice = createDice("upc");

/** A 12-digit UPC with a valid check digit for a release. Derived. */
export function derivedUpc(key: string): string {
  const block = (trait: string): string => String(upcDice.roll(trait, key, 100_000)).padStart(5, "0");
  const digits = `8${block("upc-a")}${block("upc-b")}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
