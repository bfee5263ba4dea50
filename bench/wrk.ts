import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { treeCpuMs } from './cpu-time.ts'

/** Asks one address over and over from 32 connections; returns CPU time of the answering process tree per request, in µs. */
export async function cpuPerRequestUs(
  pid: number,
  { url, headers, seconds = 3 }: { url: string; headers: Record<string, string>; seconds?: number },
): Promise<number> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const before = treeCpuMs(pid)
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c32', `-d${seconds}s`, ...given, url])
  const spentMs = treeCpuMs(pid) - before
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every request was answered: ${stdout}`)
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  return (spentMs * 1000) / requests
}
