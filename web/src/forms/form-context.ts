/** What the controls of one form share: all that was filled in, what is wrong with it, and what may be said yet. */
import { createContext, useContext } from "react";
import { type FieldFinding, findingAt } from "./findings.ts";
import type { Values } from "./model.ts";

/** The state of a form. */
export interface FormState {
  readonly type: string;
  readonly values: Values;
  readonly findings: readonly FieldFinding[];
  /** Places that somebody has left empty; what is missing elsewhere is not said yet. */
  readonly visited: ReadonlySet<string>;
  /** Somebody has tried to save: everything is said. */
  readonly isTried: boolean;
  readonly onVisit: (path: string) => void;
}

const FormContext = createContext<FormState | null>(null);

/** Gives a form's state to its controls. */
export const FormProvider = FormContext.Provider;

/** The state of the form around. */
export function useForm(): FormState {
  const state = useContext(FormContext);
  if (state === null) {
    throw new Error("useForm outside of FormProvider");
  }
  return state;
}

/** How a field shows what is wrong with it, as Fluent's `Field` takes it. */
export interface FieldState {
  readonly validationState?: "error" | "warning";
  readonly validationMessage?: string;
}

/** What is to be said at a place now. @param below whether what lies inside of it counts */
export function useFieldState(path: string, below: boolean): FieldState {
  const { findings, visited, isTried } = useForm();
  const said = findings.filter((each) => isTried || !each.isMissing || visited.has(each.path));
  const found = findingAt(said, path, below);
  return found === undefined
    ? {}
    : { validationState: found.severity, validationMessage: found.message };
}
