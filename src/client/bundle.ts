import { chmod } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** Writes the commands of people's own machines as one executable module without dependencies, for Node 20 and newer. */
export async function buildClient(outFile: string): Promise<void> {
  await build({
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL('bundle-entry.ts', import.meta.url)),
      target: 'node20',
      outDir: dirname(outFile),
      emptyOutDir: false,
      // Readable on purpose: it handles secrets on a machine that is not ours.
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
