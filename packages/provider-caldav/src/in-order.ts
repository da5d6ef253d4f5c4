/**
 * Works on a list with several under way, and gives the results in the order of the list. The second is begun when the first has
 * been taken: whoever looks at one only asks for one.
 * @param most under way at once
 */
export async function* inOrder<T, R>(
  list: readonly T[],
  most: number,
  work: (each: T) => Promise<R>,
): AsyncIterable<R> {
  const pending: Promise<R>[] = [];
  for (let taken = 0, begun = 0; taken < list.length; taken += 1) {
    const until = Math.min(list.length, taken === 0 ? 1 : taken + most);
    for (; begun < until; begun += 1) {
      const result = work(list[begun] as T);
      // Whoever waits for it is told. Nobody may: the reader may have stopped.
      result.catch(() => {});
      pending.push(result);
    }
    yield await (pending.shift() as Promise<R>);
  }
}
