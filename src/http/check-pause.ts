import { ProblemError } from './problem.ts'

/** For what a machine does by itself and must not do all the time. @throws 429 while the pause since it did is not over */
export function checkPause(
  { doneAt, pauseMs, at }: { doneAt: number; pauseMs: number; at: number },
  { code, title }: { code: string; title: string },
): void {
  const leftMs = doneAt + pauseMs - at
  if (leftMs <= 0) return
  const minutes = Math.ceil(leftMs / 60_000)
  throw new ProblemError(429, code, title, {
    help: `Ask again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    // RFC 9110 §10.2.3
    headers: { 'retry-after': String(Math.ceil(leftMs / 1000)) },
  })
}
