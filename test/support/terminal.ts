import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePlace } from '../../src/client/place.ts'
import type { ClientParts } from '../../src/client/sign-in.ts'
import type { Person } from '../../src/walk/person.ts'
import { ask, authorise } from './oauth.ts'

/** A person's own machine, with a home folder of its own, on which commands of ours run. */
export interface Terminal extends AsyncDisposable {
  home: string
  env: NodeJS.ProcessEnv
  /** Added to the clock of this machine. */
  laterMs: number
  /** Runs a command to its end. `watch` is told all that it has said so far whenever it says more. */
  run(
    command: (parts: ClientParts) => Promise<number>,
    watch?: (said: string) => void,
  ): Promise<{ code: number; out: string; err: string }>
  /** A file below the folder that is kept for this place. */
  kept(origin: string, name: string): Promise<string>
}

/** What is asked again after some seconds is asked again at once. */
const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done))

export async function openTerminal(): Promise<Terminal> {
  const home = await mkdtemp(join(tmpdir(), 'postern-home-'))
  await mkdir(join(home, '.ssh'), { mode: 0o700 })
  const terminal: Terminal = {
    home,
    env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', TZ: 'UTC' },
    laterMs: 0,
    async run(command, watch) {
      const said = { out: '', err: '' }
      const output = {
        out: (text: string) => void (said.out += text),
        err: (text: string) => {
          said.err += text
          watch?.(said.err)
        },
      }
      const now = (): number => Date.now() + terminal.laterMs
      const code = await command({ output, env: terminal.env, now, wait: nextTurn })
      return { code, ...said }
    },
    kept: (origin, name) => readFile(join(home, '.config', 'postern', parsePlace(origin).name, name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  }
  return terminal
}

/** What a person does who reads a link off their terminal and taps in the browser, once. */
export function tapsWhenAsked(person: Person, repositoryIds: string[] | null = null): (said: string) => void {
  let isDone = false
  return (said) => {
    const url = /^ {2}(http\S+\/oidc\/auth\?\S+)$/m.exec(said)?.[1]
    if (url === undefined || isDone) return
    isDone = true
    void (async () => fetch(await authorise(person, await ask(person, url), repositoryIds)))()
  }
}
