/** Schema 3: receipts that brought no object can be dropped by their age without reading the others. */

/** A receipt with objects stays as long as their versions, so only the others are in the index. */
export const RETENTION: string = `
DROP INDEX request_by_time;
CREATE INDEX request_without_objects ON request (received_at) WHERE accepted = 0;
`;
