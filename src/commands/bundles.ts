import { chmod } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** `postern verify`, which anybody can run without a server. */
export const buildVerifier = (outFile: string): Promise<void> => bundle('../verifier/bundle-entry.ts', outFile)

/** The commands of people's own machines. */
export const buildClient = (outFile: string): Promise<void> => bundle('../client/bundle-entry.ts', outFile)

/** Writes one executable module without dependencies, for Node 20 and newer. */
async function bundle(entry: string, outFile: string): Promise<void> {
  await build({
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(entry, import.meta.url)),
      target: 'node20',
      outDir: dirname(outFile),
      emptyOutDir: false,
      // Readable on purpose: whoever runs it on a machine of their own may want to read it.
      minify: false,
      rolldownOptions: {
        output: {
          format: 'es',
          entryFileNames: basename(outFile),
          banner: '#!/usr/bin/env node',
          codeSplitting: false,
        },
      },
    },
  })
  await chmod(outFile, 0o755)
}
