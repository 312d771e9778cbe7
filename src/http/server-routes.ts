/**
 * Routes that need no credential and say nothing of anybody's data: life, readiness and the local CA.
 */

import type { FastifyInstance } from "fastify";

export interface ServerRouteOptions {
  /** Resolves when the server can take uploads now; its rejection says why not. */
  readonly checkReady: () => Promise<void>;
  /** PEM of the local CA; undefined when the operator brought a certificate. */
  readonly caPem: string | undefined;
}

/** Adds `/livez`, `/readyz` and `/ca.pem`. */
export function registerServerRoutes(app: FastifyInstance, options: ServerRouteOptions): void {
  app.get("/livez", async (_request, reply) => reply.type("text/plain").send("ok\n"));
  app.get("/readyz", async (request, reply) => {
    try {
      await options.checkReady();
      return reply.type("text/plain").send("ok\n");
    } catch (cause) {
      request.log.warn({ err: cause }, "not ready");
      return reply.code(503).type("text/plain").send("not ready\n");
    }
  });
  const { caPem } = options;
  if (caPem !== undefined) {
    app.get("/ca.pem", async (_request, reply) =>
      reply
        .type("application/x-pem-file")
        .header("content-disposition", 'inline; filename="ca.pem"')
        .send(caPem),
    );
  }
}
