/** All macros that the SQL of plans may call, merged from the files by subject. They are made once when a mirror opens. */

/** CREATE OR REPLACE MACRO statements, in an order in which each finds what it calls. */
export const MACROS: readonly string[] = Object.freeze([]);
