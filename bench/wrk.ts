import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { treeCpuMs } from './cpu-time.ts'

const only200 = fileURLToPath(new URL('./only-200.lua', import.meta.url))

/** What is asked and how. wrk sends a `Host` of its own beside one that is not spelled just so. */
export interface Asked {
  url: string
  headers: Record<string, string>
}

/** Asks as it will be measured for a second. @throws where anything but 200 comes back, which measures something else */
export async function requireOk(asked: Asked): Promise<void> {
  const stdout = await wrk(asked, 1, ['-s', only200])
  if (!/^Other than 200: 0$/m.test(stdout)) throw new Error(`not every answer was 200: ${stdout}`)
}

/** Asks one address over and over from 32 connections; returns CPU time of the answering process tree per request, in µs. */
export async function cpuPerRequestUs(
  pid: number,
  { seconds = 3, ...asked }: Asked & { seconds?: number },
): Promise<number> {
  const before = treeCpuMs(pid)
  const stdout = await wrk(asked, seconds)
  const spentMs = treeCpuMs(pid) - before
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  return (spentMs * 1000) / requests
}

async function wrk({ url, headers }: Asked, seconds: number, more: readonly string[] = []): Promise<string> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c32', `-d${seconds}s`, ...more, ...given, url])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every request was answered: ${stdout}`)
  return stdout
}
