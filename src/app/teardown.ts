/** Steps that undo a start, in the order in which the parts were built. */

/** The steps; each part adds its own when it is built. */
export type Teardown = (() => unknown)[];

/** Takes down what was built, the last part first. */
export async function takeDown(teardown: Teardown): Promise<void> {
  for (const step of teardown.splice(0).reverse()) {
    await step();
  }
}
