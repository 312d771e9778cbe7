/** Schema 5: lists of the index may be compact. */

/**
 * See `compact-entries.ts`. Lists that stand there are read as they are, and become compact when they are next
 * written; the number keeps versions of the program away that can't read compact ones.
 */
export const COMPACT_LISTS: string = "";
