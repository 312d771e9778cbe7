/**
 * The work that one evaluation may still do. What costs something says so; when nothing is left, evaluation
 * ends quickly with meaningless results, and whoever began it must report "undecided".
 */
export interface Budget {
  left: number;
}

/** Takes steps off the budget; false when it is used up. */
export function spend(budget: Budget, steps: number): boolean {
  budget.left -= steps;
  return budget.left >= 0;
}
