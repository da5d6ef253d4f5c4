import type { UniversalTrack } from "@syncer/core";
import type { JudgeReport, PairReport, WorstError } from "./report.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)}`.padStart(6);

type Print = (line: string) => void;

export function printReport(reports: readonly JudgeReport[], worst: readonly WorstError[], print: Print): void {
  const [matcher] = reports;
  printQuality(reports, print);
  if (matcher?.pairs !== undefined) printCalibration(matcher.pairs, print);
  printPicks(reports, print);
  printClasses(reports, print);
  printWorst(worst, print);
}

function printQuality(reports: readonly JudgeReport[], print: Print): void {
  if (reports.every(({ pairs }) => pairs === undefined)) return;
  print(`${reports[0]?.pairs?.at.pairs} labelled pairs, in per cent`);
  print(`${"".padEnd(17)} from  precision  recall     F1  | best F1  from  | right of >= 0.8  calibration error`);
  for (const { name, pairs } of reports) {
    if (pairs === undefined) continue;
    const { at, best, calibration } = pairs;
    print(
      `${name.padEnd(17)} ${pairs.threshold.toFixed(2)}     ${percent(at.precision)}  ${percent(at.recall)} ${percent(at.f1)}` +
        `  |  ${percent(best.f1)}  ${pairs.bestThreshold.toFixed(2)}  |          ${percent(pairs.rightFrom08)}  ` +
        `${calibration.error.toFixed(4)} (two standard errors ${calibration.twoErrors.toFixed(4)})`,
    );
  }
}

function printCalibration({ calibration }: PairReport, print: Print): void {
  print("\ncalibration of the matcher, bins of equal mass");
  print("  pairs    from    said  was true   apart  two standard errors");
  for (const { pairs, from, said, was, twoErrors } of calibration.bins) {
    const figures = [from, said, was, Math.abs(said - was), twoErrors].map((value) => value.toFixed(4).padStart(8));
    print(`${String(pairs).padStart(7)}${figures.join("")}`);
  }
}

function printPicks(reports: readonly JudgeReport[], print: Print): void {
  const [first] = reports;
  if (first?.picks === undefined) return;
  print(`\npick one: ${first.picks.sets} sources, and ${first.picks.withoutRight} without a right answer`);
  print(`${"".padEnd(17)} right  wrong   none   in per cent           | false picks`);
  for (const { name, picks } of reports) {
    if (picks === undefined) continue;
    const share = (count: number): string => percent(count / Math.max(1, picks.sets));
    const counts = [picks.right, picks.wrong, picks.none].map((count) => String(count).padStart(6)).join(" ");
    const shares = [picks.right, picks.wrong, picks.none].map(share).join(" ");
    print(
      `${name.padEnd(17)}${counts}   ${shares}  | ${picks.falsePicks} (${percent(picks.falsePicks / Math.max(1, picks.withoutRight)).trim()} %)`,
    );
  }
}

function printClasses(reports: readonly JudgeReport[], print: Print): void {
  const [matcher] = reports;
  if (matcher?.pairs === undefined) return;
  const others = reports.slice(1).flatMap(({ name, pairs }) => (pairs === undefined ? [] : [{ name, pairs }]));
  print("\nby class, the matcher                same: found missed   other: refused taken");
  const headings = others.map(({ name }) => name.slice(0, 9).padStart(10)).join("");
  if (others.length > 0) print(`${"".padEnd(74)}wrong by:${headings}`);
  for (const [name, { found, missed, refused, falsePicks }] of Object.entries(matcher.pairs.classes)) {
    const beside = others.map(({ pairs }) => {
      const counts = pairs.classes[name];
      return String((counts?.missed ?? 0) + (counts?.falsePicks ?? 0)).padStart(10);
    });
    const cells = [found, missed].map((count) => String(count).padStart(7)).join("");
    const othersCells = [refused, falsePicks].map((count) => String(count).padStart(9)).join("");
    print(`  ${name.padEnd(38)}${cells}  ${othersCells}${beside.length > 0 ? "".padEnd(18) : ""}${beside.join("")}`);
  }
}

function printWorst(worst: readonly WorstError[], print: Print): void {
  if (worst.length === 0) return;
  print("\nworst errors");
  for (const { confidence, class: name, same, why, a, b } of worst) {
    print(`${confidence.toFixed(2)} ${name} (${same ? "same" : "other"}): ${why}`);
    print(`     ${shown(a)}\n     ${shown(b)}`);
  }
}

const shown = ({ title, version, artists, album, durationMs, isrc }: UniversalTrack): string =>
  [title + (version ? ` {${version}}` : ""), artists.join("; "), album ?? "", durationMs ?? "", isrc ?? ""].join(" / ");
