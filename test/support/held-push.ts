import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withToken } from '../../src/walk/git.ts'
import { type Person } from '../../src/walk/person.ts'
import type { StartedPostern } from './start-postern.ts'

export interface RunningPush {
  /** Waits until this was seen on the screen. @throws when the push ended without it */
  seen(pattern: RegExp): Promise<RegExpExecArray>
  /** Code and whole screen. */
  ended: Promise<{ code: number | null; screen: string }>
  /** As Ctrl-C does, to git and what it started. */
  interrupt(): void
}

/** Stock git pushing in a terminal that is read while it waits. */
export function startPush(
  folder: string,
  token: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): RunningPush {
  const child = spawn('git', [...withToken(token), 'push', ...args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      ...env,
    },
  })
  let screen = ''
  const looks = new Set<() => void>()
  const look = (chunk?: Buffer): void => {
    screen += chunk?.toString() ?? ''
    for (const each of looks) each()
  }
  child.stdout.on('data', look)
  child.stderr.on('data', look)
  const over = Promise.withResolvers<{ code: number | null; screen: string }>()
  child.once('close', (code) => {
    over.resolve({ code, screen })
    look()
  })
  let isOver = false
  void over.promise.then(() => (isOver = true))
  return {
    ended: over.promise,
    async seen(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
      const check = (): void => {
        const found = pattern.exec(screen)
        if (found !== null) resolve(found)
        else if (isOver) reject(new Error(`not seen: ${pattern.source}\n${screen}`))
      }
      void over.promise.then(() => setImmediate(check))
      looks.add(check)
      check()
      try {
        return await promise
      } finally {
        looks.delete(check)
      }
    },
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
  }
}

/** The seal request behind the link that a push shows. */
export async function requestOf(push: RunningPush, person: Person): Promise<{ id: string; code: string }> {
  const [, code = ''] = await push.seen(/\/s\/([0-9A-Z-]{19})/)
  const { id } = await person.call<{ id: string }>('GET', `/seal-links/${code}`)
  return { id, code }
}

/** Where the objects of pushes lie that have not landed, below the folder of all repositories. */
export async function listQuarantines({ folder }: Pick<StartedPostern, 'folder'>): Promise<string[]> {
  const names = await readdir(join(folder, 'data', 'repositories'), { recursive: true }).catch(() => [])
  return names.filter((name) => /objects\/tmp_objdir[^/]*$/.test(name))
}
