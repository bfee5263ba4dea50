import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// No file is inlined and nothing is fetched from elsewhere: the content security policy allows neither.
export default defineConfig({
  root: 'console',
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 900,
  },
})
