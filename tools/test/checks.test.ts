import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type DemoReport, demoProblems, demoReportSchema } from "../checks/demo-report.ts";
import { snippetProblems, snippetsOf } from "../checks/snippets.ts";
import { linkProblems, MOST_LINES, textProblems } from "../checks/tree.ts";

describe("textProblems", () => {
  // Written in parts, since this file is looked at as well.
  const slash = "/";
  it.each([
    [`open ${slash}home/ann/a.txt`, "a folder of somebody's machine"],
    [`"${slash}root/a"`, "a folder of somebody's machine"],
    [`see ..${slash}shared/apis/a.md`, "a folder outside this repository"],
    [`https:${slash}/registry.example.org/a`, "a package registry's address"],
    [`// TO${"DO"} later`, "work left undone"],
    [`${"<".repeat(7)} HEAD`, "a conflict of a merge"],
    [`-----BEGIN ${"PRIVATE KEY"}-----`, "a private key"],
  ])("finds in %s: %s", (line, what) => {
    expect(textProblems("a.md", `fine\n${line}\n`)).toEqual([`a.md:2: ${what}`]);
  });

  it.each([`GET https://api.example${slash}home/x`, `a${slash}work/b`, `./root/x`, "todos"])("lets %s pass", (line) => {
    expect(textProblems("a.md", line)).toEqual([]);
  });

  it("finds tests that keep others from running", () => {
    const line = `it.${"only"}("works", () => {});`;
    expect(textProblems("a.test.ts", line)).toEqual(["a.test.ts:1: a test that keeps tests from running"]);
    expect(textProblems("a.ts", line)).toEqual([]);
  });

  it("finds sources that are too long, by one line", () => {
    const text = "a\n".repeat(MOST_LINES);
    expect(textProblems("packages/a/src/a.ts", text)).toEqual([]);
    expect(textProblems("packages/a/src/a.ts", `${text}a\n`)).toHaveLength(1);
  });
});

describe("linkProblems", () => {
  const exists = (path: string) => ["docs/a.md", "docs", "README.md"].includes(path);

  it.each([
    "[a](a.md)",
    "[a](./a.md#part)",
    "[a](../README.md)",
    "[a](../docs/)",
    "[a](https://example.com)",
    "[a](#b)",
  ])("follows %s", (text) => {
    expect(linkProblems("docs/b.md", text, exists)).toEqual([]);
  });

  it("tells links that lead nowhere, and does not read code", () => {
    expect(linkProblems("docs/b.md", "[a](c.md)", exists)).toEqual(["docs/b.md: links to c.md, which is not there"]);
    expect(linkProblems("docs/b.md", "`[a](c.md)`\n\n```ts\nf[0](c)\n```\n", exists)).toEqual([]);
  });
});

describe("snippets", () => {
  const root = join(import.meta.dirname, "../..");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  const fence = "```";

  it("are the TypeScript blocks, with what is given before them", () => {
    const text = `# A\n\n${fence}sh\nls\n${fence}\n\n<!-- given: declare const a: 1; -->\n${fence}ts\na;\n${fence}\n`;
    expect(snippetsOf("A.md", text)).toEqual([
      { markdown: "A.md", line: 8, code: `${"\n".repeat(7)}declare const a: 1;\na;\n\nexport {};\n` },
    ]);
  });

  it("are compiled, and what is wrong is told with its line in the Markdown", { timeout: 60_000 }, () => {
    const text = `# A\n\n${fence}ts\nconst a: number = 1;\n${fence}\n\n${fence}ts\nconst a = 1;\nconst b: string = a;\n${fence}\n`;
    expect(snippetProblems(root, snippetsOf("A.md", text), options)).toEqual([
      "A.md:9: Type 'number' is not assignable to type 'string'.",
    ]);
  });
});

describe("demoProblems", () => {
  const phase = (name: string, change: Partial<DemoReport["phases"][number]> = {}): DemoReport["phases"][number] => ({
    name,
    requests: { spotify: { probe: 1 }, deezer: { probe: 1 } },
    planned: 0,
    applied: 0,
    unmatched: 0,
    serviceMs: 1,
    realMs: 1,
    ...change,
  });
  const report = (change: Partial<DemoReport> = {}): DemoReport => ({
    phases: [
      phase("plan", { requests: { spotify: { identity: 1, read: 20 }, deezer: { lookup: 900 } }, planned: 960 }),
      phase("apply", { applied: 960 }),
      phase("quiet"),
      phase("changed", { applied: 5 }),
    ],
    planned: 960,
    applied: 960,
    unmatched: { uncertain: 5, notFound: 20, unplayable: 0 },
    status: "succeeded",
    bothWays: { added: 5, removed: 2, inStep: true },
    massDelete: {
      cleared: 240,
      reasons: ["mass-removal"],
      held: 239,
      removedWhileHeld: 0,
      removed: 239,
      status: "succeeded",
    },
    crash: {
      planned: 146,
      grown: 146,
      doneAtDeath: 100,
      unanswered: 50,
      signal: "SIGKILL",
      status: "succeeded",
      calls: 3,
      callsNeeded: 3,
      missing: 0,
      leftOver: 0,
    },
    conflict: {
      shown: { phone: "nine", paper: "eight" },
      reason: "Both changed it.",
      kind: "edit-edit",
      writtenUndecided: 0,
      decision: "target",
      resolution: "target",
      open: 0,
      agreed: true,
    },
    playlist: {
      tracks: { spotify: 9, deezer: 8 },
      left: "one copy",
      moved: { writes: 1, moves: 1, copiesKept: true },
      promised: true,
      undone: { status: "succeeded", back: true, laterWrites: 0 },
    },
    override: { title: "a", confidence: 0.7, candidate: "b", added: 1, matchedBy: "override" },
    calendars: {
      events: 23,
      first: { status: "succeeded", added: 23 },
      quiet: { source: 1, target: 1 },
      moved: { added: 0, updated: 1, start: "14:00", isSeries: true },
      guests: { before: 3, after: 3 },
      busy: ["Busy", "Busy"],
      mails: 0,
    },
    elapsedMs: 20_000,
    rssBytes: 1,
    databaseBytes: 1,
    ...change,
  });
  const withCalendars = (change: Partial<DemoReport["calendars"]>) =>
    report({ calendars: { ...report().calendars, ...change } });
  const withPhase = (index: number, changed: DemoReport["phases"][number]) =>
    report({ phases: report().phases.with(index, changed) });

  it("finds nothing in a report as promised", () => {
    expect(demoProblems(report())).toEqual([]);
    expect(demoReportSchema.parse(report())).toEqual(report());
  });

  it.each<[string, DemoReport]>([
    [
      "only 400 recordings were decided on",
      report({ planned: 380, applied: 380, unmatched: { uncertain: 0, notFound: 20, unplayable: 0 } }),
    ],
    [
      "everything was matched, which real catalogues do not allow",
      report({ unmatched: { uncertain: 0, notFound: 0, unplayable: 0 } }),
    ],
    ["960 planned, 3 applied", report({ applied: 3 })],
    ["the first run ended as partial", report({ status: "partial" })],
    ["it took 120000 ms", report({ elapsedMs: 120_000 })],
    ["the two sides are not in step", report({ bothWays: { ...report().bothWays, inStep: false } })],
    ["the mass delete was not held", report({ massDelete: { ...report().massDelete, reasons: [] } })],
    ["3 were removed while that was held", report({ massDelete: { ...report().massDelete, removedWhileHeld: 3 } })],
    ["239 removals were confirmed, 5 made", report({ massDelete: { ...report().massDelete, removed: 5 } })],
    ["the worker was not killed in the middle", report({ crash: { ...report().crash, doneAtDeath: 146 } })],
    ["the job ended dead, with 2 missing", report({ crash: { ...report().crash, status: "dead", missing: 2 } })],
    ["146 added in 4 calls, not 146 in 3", report({ crash: { ...report().crash, calls: 4 } })],
    ["after the crash 1 things were left to do", report({ crash: { ...report().crash, leftOver: 1 } })],
    ["23 events, of which 22 were copied", withCalendars({ first: { status: "succeeded", added: 22 } })],
    ["a quiet run asked 1 + 2 times", withCalendars({ quiet: { source: 1, target: 2 } })],
    ["a moved day did not come over as one", withCalendars({ moved: { ...report().calendars.moved, start: "09:00" } })],
    ["the series or its guests were lost", withCalendars({ guests: { before: 3, after: 2 } })],
    ["the calendar of busy times says more than that", withCalendars({ busy: ["Busy", "Planning"] })],
    ["1 mails would have been sent", withCalendars({ mails: 1 })],
    ["there was no conflict", report({ conflict: { ...report().conflict, kind: "delete-edit" } })],
    [
      "a conflict was written that nobody had decided",
      report({ conflict: { ...report().conflict, writtenUndecided: 1 } }),
    ],
    [
      "the decision on a conflict was not carried out",
      report({ conflict: { ...report().conflict, resolution: "source" } }),
    ],
    [
      "the copy that Deezer cannot hold is not told of",
      report({ playlist: { ...report().playlist, tracks: { spotify: 9, deezer: 9 } } }),
    ],
    [
      "one move was not one call",
      report({ playlist: { ...report().playlist, moved: { writes: 8, moves: 1, copiesKept: true } } }),
    ],
    ["the move was not undone, or not promised to be", report({ playlist: { ...report().playlist, promised: false } })],
    [
      "after the undoing 1 calls wrote again",
      report({ playlist: { ...report().playlist, undone: { status: "succeeded", back: true, laterWrites: 1 } } }),
    ],
    ["what a person said of a match was not done", report({ override: { ...report().override, matchedBy: "search" } })],
    ["other phases than expected", report({ phases: [phase("plan")] })],
    [
      "planning wrote something",
      withPhase(0, phase("plan", { requests: { spotify: { read: 20 }, deezer: { write: 1 } } })),
    ],
    ["only 0 pages of favourites were read", withPhase(0, phase("plan"))],
    [
      "the quiet run asked deezer 2 times",
      withPhase(2, phase("quiet", { requests: { spotify: { probe: 1 }, deezer: { identity: 3, probe: 2 } } })),
    ],
    ["the quiet run found something to do", withPhase(2, phase("quiet", { planned: 1 }))],
    ["the changed run applied 0", withPhase(3, phase("changed"))],
  ])("tells that %s", (problem, wrong) => {
    expect(demoProblems(wrong)).toEqual([problem]);
  });
});
