/** The functions that look at other rows than their own and therefore need an order. */

/** Names of window functions. */
export const WINDOW_NAMES: ReadonlySet<string> = new Set([
  "next",
  "prev",
  "row_cumsum",
  "row_number",
  "row_rank_dense",
  "row_rank_min",
  "row_window_session",
  // The single windows that the stages are made of.
  "$changed",
  "$distant",
  "$row_cumsum",
  "$row_number",
  "$row_rank_dense",
  "$row_rank_min",
  "$segment",
  "$session",
]);

/** How a column of the row before is named where a step of `scan` refers to it. */
export const PREVIOUS_PREFIX = "$previous.";
