/** Works on a list with so many under way at once, and gives the results in the order of the list. */
export async function inLots<T, R>(list: readonly T[], most: number, work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < list.length; start += most) {
    results.push(...(await Promise.all(list.slice(start, start + most).map(work))));
  }
  return results;
}
