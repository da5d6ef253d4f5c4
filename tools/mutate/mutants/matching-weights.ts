import { readFileSync } from "node:fs";
import { join } from "node:path";
import { weights } from "../../../packages/core/src/matching/weights.ts";
import { mutantArea } from "../mutant.ts";

const file = "packages/core/src/matching/weights.ts";
const source = readFileSync(join(import.meta.dirname, "../../..", file), "utf8");

/** Grades that end the comparison whatever they weigh, and those between yes and no, which the fit may turn. */
const untold = new Set([
  "numbers.different",
  "version.different",
  "title.similar",
  "length.within-4s",
  "length.within-8s",
  "year.near",
]);

/** The text from the sign's name to the weight, which occurs once: the fit may put any figure there. */
function declared(sign: string, grade: string, value: number): string {
  const from = source.indexOf(`\n  ${sign}: {`);
  const line = new RegExp(`\\n {4}"?${grade}"?: ${String(value).replace(".", "\\.")},`, "g");
  line.lastIndex = from;
  const found = line.exec(source);
  if (from < 0 || !found) throw new RangeError(`${file} does not declare ${sign}.${grade} as ${value}`);
  return source.slice(from, found.index + found[0].length);
}

const mutants = Object.entries(weights).flatMap(([sign, grades]) =>
  Object.entries(grades)
    .filter(([grade, value]) => value !== 0 && !untold.has(`${sign}.${grade}`))
    .flatMap(([grade, value]) => {
      const find = declared(sign, grade, value);
      const with_ = (other: number) => `${find.slice(0, find.lastIndexOf(" ") + 1)}${other},`;
      return [
        { id: `${sign}-${grade}-zero`, description: `${sign}.${grade} says nothing`, find, replace: with_(0) },
        {
          id: `${sign}-${grade}-turned`,
          description: `${sign}.${grade} says the opposite`,
          find,
          replace: with_(-value),
        },
      ];
    }),
);

export const area = mutantArea(
  "matching-weights",
  { file, tests: ["packages/core/test/matching/weights.test.ts"] },
  mutants,
);
