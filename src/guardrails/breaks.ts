/**
 * For long work on the thread that serves everybody: call it in the loop and await what it returns. Every few
 * milliseconds that is a promise, during which others get their turn.
 */
export function createBreaks(everyMs = 10): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < everyMs) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        last = performance.now()
        resolve()
      })
    })
  }
}
