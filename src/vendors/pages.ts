/** More pages than any list of ours has: MLflow and S3 give 1,000 entries in one. */
const MOST_PAGES = 10_000;

/**
 * All pages of a list that another server gives page by page.
 * @param ask asks for a page, the first one without a token
 * @param tokenOf the token of the page after this one, `''` or nothing for none
 * @param fault makes the error from what is wrong, in words that follow the server's name: `its list does not end`
 * @throws what `ask` throws, and the fault when a token comes a second time or the list has more than 10,000 pages
 */
export async function allPages<T>(
  ask: (token: string | undefined) => Promise<T>,
  tokenOf: (page: T) => string | undefined,
  fault: (why: string) => Error,
): Promise<T[]> {
  const pages: T[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ;) {
    const page = await ask(token);
    pages.push(page);
    token = tokenOf(page);
    if (token === undefined || token === '') return pages;
    if (seen.has(token)) throw fault('its list does not end: the same page follows again');
    if (pages.length >= MOST_PAGES) throw fault(`its list does not end: it has more than ${MOST_PAGES} pages`);
    seen.add(token);
  }
}
