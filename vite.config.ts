import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Leaves each asset compressed beside itself, so that the server only picks the one a browser takes. */
const compressed = (): Plugin => ({
  name: 'compressed',
  writeBundle({ dir = '' }) {
    const assets = join(dir, 'assets')
    for (const name of readdirSync(assets)) {
      const bytes = readFileSync(join(assets, name))
      if (bytes.length > 1024) writeFileSync(join(assets, `${name}.gz`), gzipSync(bytes, { level: 9 }))
    }
  },
})

// No file is inlined and nothing is fetched from elsewhere: the content security policy allows neither.
export default defineConfig({
  root: 'console',
  plugins: [react(), compressed()],
  // The diff viewer's own highlighter brings every language there is; ours the ones it is asked for.
  resolve: {
    alias: { '@git-diff-view/lowlight': fileURLToPath(new URL('console/ui/diff-highlighter.ts', import.meta.url)) },
  },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 900,
    // What several pages share comes as one file: a page of a hundred small ones spends its time asking for them.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 12 }] } } },
  },
})
