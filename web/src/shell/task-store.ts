/** What the page knows of background tasks: whether their drawer is open, and how those ordered here are undone. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let isOpen = false;

/** Opens or closes the drawer: notices and commands do it from anywhere. */
export function showTasks(open: boolean): void {
  isOpen = open;
  for (const listener of listeners) {
    listener();
  }
}

/** Whether it is open. */
export function useTasksShown(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
}

/** Gives what is to be said once all is as it was. */
type Undo = () => Promise<string>;

const undos = new Map<string, Undo>();

/** Keeps the way to undo a task of which that is exactly possible. */
export function rememberUndo(taskId: string, undo: Undo): void {
  undos.set(taskId, undo);
}

/** The way to undo a task, once. */
export function takeUndo(taskId: string): Undo | undefined {
  const undo = undos.get(taskId);
  undos.delete(taskId);
  return undo;
}
