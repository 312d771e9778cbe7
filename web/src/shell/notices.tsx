/** Short notices in the corner: what was done and can be undone, what did not work and under which request. */
import {
  Button,
  Toast,
  ToastBody,
  Toaster,
  ToastTitle,
  useToastController,
} from "@fluentui/react-components";
import { type ReactNode, useMemo } from "react";
import { ApiError } from "../api/client.ts";
import { newUuid } from "../parts/uuid.ts";

const TOASTER = "notices";

/** Time to think about whether it was meant so. */
const UNDO_SHOWN_MS = 12_000;
const SHOWN_MS = 6_000;
const FAILURE_SHOWN_MS = 20_000;
const NOTICES_MAX = 4;

/** What a notice offers beside its words. */
interface NoticeOptions {
  /** A call that takes back what was done; what it gives is said afterwards. */
  readonly undo?: () => Promise<string>;
  /** Another way on. */
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly detail?: string;
}

/** Gives notices. */
export interface Notices {
  readonly done: (text: string, options?: NoticeOptions) => void;
  /** Says what did not work, why, and the request to ask the operator about. */
  readonly failed: (what: string, error: unknown) => void;
}

let undoLatest: (() => void) | null = null;

/** Takes back what the latest notice that is still shown was about. */
export function undoLast(): void {
  undoLatest?.();
}

/** The way to give notices. */
export function useNotices(): Notices {
  const { dispatchToast, dismissToast } = useToastController(TOASTER);
  return useMemo<Notices>(() => {
    const failed: Notices["failed"] = (what, error) => {
      const options = { intent: "error", timeout: FAILURE_SHOWN_MS } as const;
      dispatchToast(<FailedToast what={what} error={error} />, options);
    };
    const done: Notices["done"] = (text, options = {}) => {
      const { undo, action } = options;
      const toastId = newUuid();
      const takeBack = (): void => {
        forget();
        dismissToast(toastId);
        undo?.().then(
          (said) => done(said),
          (error: unknown) => failed("That could not be undone", error),
        );
      };
      const forget = (): void => {
        undoLatest = undoLatest === takeBack ? null : undoLatest;
      };
      const goOn = (): void => {
        dismissToast(toastId);
        action?.run();
      };
      undoLatest = undo === undefined ? undoLatest : takeBack;
      const press = undo === undefined ? goOn : takeBack;
      dispatchToast(<DoneToast text={text} options={options} onPress={press} />, {
        toastId,
        intent: "success",
        timeout: undo === undefined ? SHOWN_MS : UNDO_SHOWN_MS,
        pauseOnHover: true,
        onStatusChange: (_event, { status }) => status === "dismissed" && forget(),
      });
    };
    return { done, failed };
  }, [dispatchToast, dismissToast]);
}

function DoneToast({
  text,
  options: { undo, action, detail },
  onPress,
}: {
  readonly text: string;
  readonly options: NoticeOptions;
  readonly onPress: () => void;
}): ReactNode {
  const label = undo === undefined ? action?.label : "Undo (z)";
  const button =
    label === undefined ? undefined : (
      <Button size="small" onClick={onPress}>
        {label}
      </Button>
    );
  return (
    <Toast>
      <ToastTitle {...(button === undefined ? {} : { action: button })}>{text}</ToastTitle>
      {detail === undefined ? null : <ToastBody>{detail}</ToastBody>}
    </Toast>
  );
}

function FailedToast({
  what,
  error,
}: {
  readonly what: string;
  readonly error: unknown;
}): ReactNode {
  const requestId = error instanceof ApiError ? error.problem.requestId : "";
  return (
    <Toast>
      <ToastTitle>{what}</ToastTitle>
      <ToastBody>
        {error instanceof Error ? error.message : String(error)}
        {requestId === "" ? null : (
          <div>
            request <code className="requestId">{requestId}</code>
          </div>
        )}
      </ToastBody>
    </Toast>
  );
}

/** The corner. `Ctrl+M` leads the keys to it. */
export function NoticeCorner(): ReactNode {
  return (
    <Toaster
      toasterId={TOASTER}
      position="bottom-end"
      limit={NOTICES_MAX}
      shortcuts={{ focus: ({ ctrlKey, key }) => ctrlKey && key === "m" }}
    />
  );
}
