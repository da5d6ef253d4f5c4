import { MalformedAnswerError, type Session } from "@syncer/core";

/** What every list of Deezer has. */
interface IndexPage {
  readonly data: readonly ({ readonly id: number } | null)[];
  readonly total?: number | undefined;
  readonly next?: string | null | undefined;
}

/**
 * Reads a list to its end. `total` may be above what ever comes, so that a page without rows ends it as well.
 * @throws {MalformedAnswerError} a page comes again: a server that ignores `index` would give it for ever
 */
export async function* deezerPages<TPage extends IndexPage>(
  session: Session,
  route: string,
  ask: (index: number) => Promise<TPage>,
): AsyncIterable<{ readonly page: TPage; readonly isLast: boolean }> {
  let before: IndexPage | undefined;
  for (let index = 0; ; ) {
    const page = await ask(index);
    if (before && showsTheSame(before, page)) {
      throw new MalformedAnswerError(session.service, route, `data: index ${index} repeats a page`);
    }
    index += page.data.length;
    const more = page.data.length > 0 && (Boolean(page.next) || (page.total !== undefined && index < page.total));
    yield { page, isLast: !more };
    if (!more) return;
    before = page;
  }
}

function showsTheSame(before: IndexPage, page: IndexPage): boolean {
  const rowsOf = ({ data }: IndexPage) => JSON.stringify(data);
  return page.data.length > 0 && rowsOf(before) === rowsOf(page);
}
