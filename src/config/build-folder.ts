/** Set by `scripts/build.mjs` at the top of every file that it makes. */
declare const buildFolder: string | undefined;

/** Folder of the build that this program runs from; `null` where it runs from its sources, or compiled file by file. */
export const BUILD_FOLDER: string | null = typeof buildFolder === 'undefined' ? null : buildFolder;
