/**
 * Lets one waiter go on in each turn of the event loop, and each key that has some in its turn: what comes in a bunch
 * holds up what came with it, and hardly anything else.
 */
export function createFairTurns(): (key: string) => Promise<void> {
  const lines = new Map<string, (() => void)[]>()

  function next(): void {
    for (const [key, line] of lines) {
      const goOn = line.shift()
      // Behind all other keys, where more of its own wait.
      lines.delete(key)
      if (line.length > 0) lines.set(key, line)
      goOn?.()
      break
    }
    if (lines.size > 0) setImmediate(next)
  }

  return (key) =>
    new Promise((resolve) => {
      if (lines.size === 0) setImmediate(next)
      const line = lines.get(key)
      if (line === undefined) lines.set(key, [resolve])
      else line.push(resolve)
    })
}
