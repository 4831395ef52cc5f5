/**
 * Rows that must share a value, a quantile or a bin before it leaves the store: what fewer share may tell of a person.
 * docs/privacy.md says what leaves.
 */
export const FEWEST_SHARING = 5;
