/** Sends a file and tells how far it is, which `fetch` can't. */
import { ApiError, type Problem } from "./client.ts";

/** What is sent, and how. */
export interface FileUpload {
  readonly file: Blob;
  readonly contentType: string;
  readonly csrfToken: string;
  /** From 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** Sends a file by POST. @throws ApiError for a refusal, and when there is no answer */
export function uploadFile<T>(path: string, upload: FileUpload): Promise<T> {
  const { file, contentType, csrfToken, onProgress } = upload;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", contentType);
    request.setRequestHeader("x-stixgate-csrf", csrfToken);
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : loaded / total),
    );
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText) as T);
      } else {
        reject(new ApiError(problemOf(request)));
      }
    });
    const fail = (): void =>
      reject(
        new ApiError({
          title: "The server does not answer.",
          status: 0,
          code: "unreachable",
          requestId: "",
        }),
      );
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    request.send(file);
  });
}

function problemOf(request: XMLHttpRequest): Problem {
  const fallback: Problem = {
    title: `The server answered ${request.status}.`,
    status: request.status,
    code: "unknown",
    requestId: request.getResponseHeader("x-ms-request-id") ?? "",
  };
  try {
    return { ...fallback, ...(JSON.parse(request.responseText) as Problem) };
  } catch {
    return fallback;
  }
}
