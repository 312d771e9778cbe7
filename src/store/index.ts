/**
 * Durable storage: the intake log, object versions, receipts, identities.
 * The only room with store SQL; it holds no business rule.
 * @module
 */
export type {
  ChangeSequence,
  IntakeObject,
  IntakeRejection,
  IntakeRequest,
  ObjectFacts,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  ObservableFact,
  Page,
  ReceiptQuery,
  Sequence,
  Store,
  StorePosition,
} from "./store.ts";
