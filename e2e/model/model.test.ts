import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { readReport } from "./soak/report.ts";
import { repeat } from "./soak/run.ts";
import { worlds } from "./worlds.ts";

const REPORT = new URL("report-1000000.json", import.meta.url);
const DAY_MS = 24 * 60 * 60_000;
/** For machines that are slow at times. */
const patient = { timeout: 600_000 } as const;

describe("the model test", patient, () => {
  it.each(worlds.map(({ world }) => world.name))("is run for %s", (name) => {
    expect(existsSync(new URL(`${name}.test.ts`, import.meta.url))).toBe(true);
  });

  it("comes to what the committed report says, each day in another slice of it", async (context) => {
    const file = basename(REPORT.pathname);
    if (!existsSync(REPORT)) {
      context.skip(
        `${file} is not there: make it with npm run soak -- --steps 1000000 --seed 1 --json e2e/model/${file}`,
      );
    }
    const { slices } = readReport(await readFile(REPORT, "utf8"));
    const index = Math.floor(Date.now() / DAY_MS) % slices.length;
    const slice = slices[index];
    const world = worlds.find((each) => each.world.name === slice?.world)?.world;
    if (!slice || !world) throw new RangeError(`${file} has no slice ${index + 1} of a world that is there`);
    const remedy = "if the change was meant to alter what happens, make the report again: see CONTRIBUTING.md";
    const again = `npm run soak -- --check e2e/model/${file} --slice ${index + 1}`;
    expect(await repeat(slice, world), `${again}\n${remedy}`).toEqual([]);
  });
});
