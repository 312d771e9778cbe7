/** Saves what the server sends as a file of the reader's. */
import { download } from "../api/client.ts";

/** Fetches an address of the API and saves the answer. @throws ApiError */
export async function saveAnswer(path: string, name: string): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await download(path));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
