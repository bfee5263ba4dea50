import { after } from 'node:test'

/**
 * A file ends soon after its last test: one that waits for ever, for a browser or a server that never closes, would hold
 * up all that comes after it. It fails, and says what was still open.
 */
const grace = 20_000

after(() => {
  setTimeout(() => {
    process.stderr.write(`still open after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, grace).unref()
})
