/**
 * The web page: files that were built, under a policy that lets nothing else in. Every address that is no file and no
 * API is the page itself, which reads its state out of the address.
 */
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

/** What the page may do: load itself, call this server, and nothing else. Fluent writes its styles at run time. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** Files under this path carry a hash in their names and never change. */
const HASHED = "/assets/";

const YEAR_SECONDS = 31_536_000;

/** Adds the page. @param directory the folder that it was built into */
export function registerPageRoutes(app: FastifyInstance, directory: string): void {
  void app.register(fastifyStatic, {
    root: directory,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: "ignore",
  });
  const send = (reply: FastifyReply, file: string): FastifyReply => {
    reply.headers(HEADERS);
    reply.header(
      "cache-control",
      file.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
    );
    return reply.sendFile(file.slice(1));
  };
  app.get("/", (_request, reply) => send(reply, "/index.html"));
  app.get("/w/*", (_request, reply) => send(reply, "/index.html"));
  app.get("/icon.svg", (_request, reply) => send(reply, "/icon.svg"));
  app.get("/assets/*", (request, reply) =>
    send(reply, `${HASHED}${(request.params as { readonly "*": string })["*"]}`),
  );
}
