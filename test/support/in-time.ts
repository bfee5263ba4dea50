/**
 * Waits for what has no end of its own: a browser that hangs, a program that never says that it is ready.
 * @throws after a minute, with the name of what did not come
 */
export async function inTime<Result>(what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within a minute`)), 60_000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
