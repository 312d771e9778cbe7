/** The client: one object that holds token, pace and connection settings for uploads and receipts. */
import type { Receipt, ReceiptSummary } from "../wire/index.ts";
import { type ClientOptions, checkOptions } from "./options.ts";
import { type ReceiptFilter, readReceipt, readReceipts } from "./receipts.ts";
import { createService } from "./service.ts";
import { runUpload, type UploadRequest, type UploadResult } from "./upload.ts";

/** What a client can do; every call of it shares one token and one throttle. */
export interface Client {
  /**
   * Uploads objects in batches and tells what became of each.
   *
   * @throws ClientError when not every object could be acknowledged
   */
  upload(request: UploadRequest): Promise<UploadResult>;
  /** @throws ClientError not_found, and the codes of every call */
  getReceipt(requestId: string, signal?: AbortSignal): Promise<Receipt>;
  /** Newest first, page by page as they are consumed. */
  listReceipts(filter?: ReceiptFilter): AsyncGenerator<ReceiptSummary>;
}

/**
 * Makes a client of the upload API: ours or the real Microsoft Sentinel.
 *
 * @throws ClientError options_invalid
 */
export function createClient(options: ClientOptions): Client {
  const checked = checkOptions(options);
  const service = createService(checked);
  return {
    upload: (request) => runUpload(service, checked, request),
    getReceipt: (requestId, signal) => readReceipt(service, checked, { requestId, signal }),
    listReceipts: (filter) => readReceipts(service, checked, filter),
  };
}
