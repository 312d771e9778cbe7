/** How the page is built: one entry, pages loaded when they are opened, nothing from another origin. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root: string = fileURLToPath(new URL(".", import.meta.url));

// biome-ignore lint/style/noDefaultExport: the build tool reads the default export of this file.
export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../dist/web", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    // Inline data would need an exception in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
  },
});
