import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { git, withToken } from '../../src/walk/git.ts'
import { type RunningPush, startPush } from './held-push.ts'
import type { Repository } from './held-repository.ts'
import type { SshAgent } from './ssh-agent.ts'

type Place = Pick<Repository, 'work' | 'token'>

export interface Signer {
  /** Stock git, which signs where it is told to with this key, by real ssh-keygen and the agent. It never throws. */
  git(...args: string[]): Promise<{ code: number; text: string }>
  /** Begins to push and comes back at once. */
  push(...args: string[]): RunningPush
  /** Writes a file of this name on the branch that is checked out, and signs its commit; returns it. */
  commit(file: string, ...more: string[]): Promise<string>
}

/** Somebody at a terminal, whose agent holds this key. */
export function signWith(
  agent: Pick<SshAgent, 'socket'>,
  key: Pick<TestSshKey, 'line'>,
  { work, token }: Place,
  email = 'ana@example.com',
): Signer {
  const settings = [
    ['gpg.format', 'ssh'],
    ['user.signingKey', `key::${key.line}`],
    ['user.name', 'Ana'],
    ['user.email', email],
  ] as const
  const env: Record<string, string> = { SSH_AUTH_SOCK: agent.socket, GIT_CONFIG_COUNT: String(settings.length) }
  for (const [index, [name, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = name
    env[`GIT_CONFIG_VALUE_${index}`] = value
  }
  const signer: Signer = {
    async git(...args) {
      const { code, stdout, stderr } = await git(work, [...withToken(token), ...args], env)
      return { code, text: stdout + stderr }
    },
    push: (...args) => startPush(work, token, ['--signed', 'origin', ...args], env),
    async commit(file, ...more) {
      await writeFile(join(work, file), `${file}\n`)
      await signer.git('add', '--all')
      const { code, text } = await signer.git('commit', '--quiet', '-S', '-m', `Add ${file}`, ...more)
      if (code !== 0) throw new Error(text)
      return (await signer.git('rev-parse', 'HEAD')).text.trim()
    },
  }
  return signer
}
