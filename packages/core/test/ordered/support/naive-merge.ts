/** The rule for lists in which nothing is twice, told as plainly as it can be; shares no code with what it checks. */
export function naiveMerge(base: readonly string[], a: readonly string[], b: readonly string[], winner: "a" | "b") {
  const left = base.filter((token) => a.includes(token) && b.includes(token));
  const [aMoved, bMoved] = [moved(left, a), moved(left, b)];
  const order = aMoved && !bMoved ? "a" : bMoved && !aMoved ? "b" : winner;
  const [lead, follow] = order === "a" ? [a, b] : [b, a];
  const merged = lead.filter((token) => follow.includes(token) || !base.includes(token));
  for (const [at, token] of follow.entries()) {
    if (base.includes(token) || lead.includes(token)) continue;
    const neighbour = follow.slice(0, at).findLast((before) => merged.includes(before));
    let place = neighbour === undefined ? 0 : merged.indexOf(neighbour) + 1;
    while (place < merged.length && !follow.includes(merged[place]!)) place++;
    merged.splice(place, 0, token);
  }
  return { merged, bothMoved: aMoved === bMoved && moved(a, b) };
}

/** Whether what both lists hold stands in another order. */
function moved(one: readonly string[], other: readonly string[]): boolean {
  const kept = one.filter((token) => other.includes(token));
  return kept.join() !== other.filter((token) => one.includes(token)).join();
}
