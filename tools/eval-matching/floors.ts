import { BadInput } from "./foreign-lines.ts";
import type { JudgeReport } from "./report.ts";

type Figure = (report: JudgeReport) => number | undefined;

/** Shares, 0..1; what is better low is written as its ceiling. */
const figures: Readonly<Record<string, { readonly read: Figure; readonly least: boolean }>> = {
  precision: { read: ({ pairs }) => pairs?.at.precision, least: true },
  recall: { read: ({ pairs }) => pairs?.at.recall, least: true },
  f1: { read: ({ pairs }) => pairs?.at.f1, least: true },
  "right-from-0.8": { read: ({ pairs }) => pairs?.rightFrom08, least: true },
  calibration: { read: ({ pairs }) => pairs?.calibration.error, least: false },
  "picks-right": { read: ({ picks }) => picks && picks.right / Math.max(1, picks.sets), least: true },
  "picks-wrong": { read: ({ picks }) => picks && picks.wrong / Math.max(1, picks.sets), least: false },
  "false-picks": { read: ({ picks }) => picks && picks.falsePicks / Math.max(1, picks.withoutRight), least: false },
};

export type Floors = ReadonlyMap<string, number>;

/** @throws {BadInput} an unknown figure, or no number from 0 to 1 */
export function parseFloors(text: string): Floors {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  return new Map(
    parts.map((part) => {
      const [name = "", bound = ""] = part.split("=").map((side) => side.trim());
      const value = Number(bound);
      if (!Object.hasOwn(figures, name))
        throw new BadInput([`--floor: there is no figure "${name}"; there are ${Object.keys(figures).join(", ")}`]);
      if (bound === "" || !(value >= 0 && value <= 1))
        throw new BadInput([`--floor ${name}: expected a number from 0 to 1, got "${bound}"`]);
      return [name, value] as const;
    }),
  );
}

/** A figure that the input does not yield counts as missed. */
export function missedFloors(floors: Floors, report: JudgeReport): readonly string[] {
  return [...floors].flatMap(([name, bound]) => {
    const figure = figures[name];
    const value = figure?.read(report);
    if (figure === undefined || value === undefined) return [`${name}: the input yields no such figure`];
    const met = figure.least ? value >= bound : value <= bound;
    return met ? [] : [`${name}: ${value.toFixed(4)} is ${figure.least ? "below" : "above"} ${bound}`];
  });
}
