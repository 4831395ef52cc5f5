/** Text of a page as a reader sees it, without pictures. */
export const textOf = (page: string): string =>
  page
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

export const picturesOf = (page: string): string[] =>
  [...page.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map(([, label]) => label!);
