/**
 * Fills the parts of a Markdown page that are made from code; each stands between `<!-- made: name -->` and
 * `<!-- end -->`.
 * @throws {Error} a block has no place in the page, twice the same place, or the page has a place without a block
 */
export function withBlocks(page: string, blocks: Readonly<Record<string, readonly string[]>>): string {
  const missing = new Set(Object.keys(blocks));
  const text = page.replace(/<!-- made: ([\w-]+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const lines = blocks[name];
    if (!lines || !missing.delete(name))
      throw new Error(`The page has a place for "${name}" that nothing is made for.`);
    return `<!-- made: ${name} -->\n${lines.join("\n")}\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`The page has no place for: ${[...missing].join(", ")}`);
  return text;
}
