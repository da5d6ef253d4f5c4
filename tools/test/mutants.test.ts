import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assertAllApply, loadAreas, root } from "../mutate/areas.ts";
import { applyMutant, StaleMutantError } from "../mutate/mutant.ts";

const mutant = { id: "area/wrong", file: "source.ts", description: "", find: "a < b", replace: "a <= b" };

describe("declared mutants", async () => {
  const areas = await loadAreas();

  it("fit today's sources, each in one place", async () => {
    await expect(assertAllApply(areas)).resolves.toBeUndefined();
  });

  it("flip each row of the decision tables", async () => {
    const source = await readFile(join(root, "packages/core/src/reconcile/decision-table.ts"), "utf8");
    const lines = source.split("\n").map((line) => line.trim());
    const isRow = /^\["[-=~?+*0]", "[-=~?+*0]", "[a-z*]+", "[A-Za-z/ ]+"\],$/;
    // A row that is written in two tables is told by the line before it.
    const rows = lines.flatMap((line, place) => (isRow.test(line) ? [`${lines[place - 1]}\n  ${line}`] : []));
    const flipped = areas.flatMap(({ mutants }) => mutants.map(({ find }) => find));
    expect(rows.length).toBeGreaterThan(45);
    expect(rows.filter((row) => !flipped.some((find) => row.endsWith(`${find},`)))).toEqual([]);
  });

  it("are told apart by their ids", async () => {
    const twice = { area: "area", tests: [], mutants: [mutant, { ...mutant, find: "a > b" }] };
    await expect(assertAllApply([twice])).rejects.toThrow(/area\/wrong: two mutants have this id/);
  });
});

describe("applyMutant", () => {
  it("changes the one place that it names", () => {
    expect(applyMutant("if (a < b) return;", mutant)).toBe("if (a <= b) return;");
  });

  it.each([
    ["is gone", "if (b > a) return;"],
    ["is there twice", "if (a < b || a < b) return;"],
  ])("refuses a source in which the text %s", (_, source) => {
    expect(() => applyMutant(source, mutant)).toThrow(StaleMutantError);
  });

  it("refuses a mutant that changes nothing, or that finds everything", () => {
    expect(() => applyMutant("a < b", { ...mutant, replace: mutant.find })).toThrow(StaleMutantError);
    expect(() => applyMutant("a < b", { ...mutant, find: "" })).toThrow(StaleMutantError);
  });
});
