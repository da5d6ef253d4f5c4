import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = new URL("../../src/matching/", import.meta.url);
const size = 20_000;
/** Well above what linear work takes on a slow machine; a quadratic search takes seconds. */
const boundMs = 100;
const fillings =
  "a|ab| a| |-| - |(|(a|,|, a|1|1 | 1:|0|&|!a|$1| $1.29| 2012| 2012 a|(c) |jan |live |mix|rock|in'|e|ae|i|x |feat. |remix| copy|(2)|.|''".split(
    "|",
  );

interface Pattern {
  readonly file: string;
  readonly text: string;
}

/** Every literal in the sources, and every text that a pattern is built from is held by one of them or bounded by its file. */
function patternsOf(file: string): readonly Pattern[] {
  const source = ts.createSourceFile(file, readFileSync(new URL(file, folder), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push({ file, text: node.text });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function compile({ text }: Pattern): RegExp {
  const end = text.lastIndexOf("/");
  return new RegExp(text.slice(1, end), text.slice(end + 1).replace("g", ""));
}

const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const patterns = files.flatMap(patternsOf);

describe("regular expressions of the matcher", () => {
  it("are found in the sources", () => {
    expect(patterns.length).toBeGreaterThan(40);
    expect(new Set(patterns.map(({ file }) => file)).size).toBeGreaterThan(10);
  });

  it.each(patterns.map((pattern) => [pattern.file, pattern.text, pattern] as const))(
    "%s: %s takes no time on 20,000 hostile characters",
    (_file, _text, pattern) => {
      const expression = compile(pattern);
      for (const filling of fillings) {
        const text = `${filling.repeat(Math.ceil(size / filling.length)).slice(0, size)}\u0000`;
        const attempt = (): number => {
          const startedAt = performance.now();
          expression.exec(text);
          return performance.now() - startedAt;
        };
        // The better of two: other work on the machine only ever makes it slower.
        const tookMs = attempt();
        expect(tookMs < boundMs ? tookMs : Math.min(tookMs, attempt()), `on ${filling}`).toBeLessThan(boundMs);
      }
    },
  );
});
