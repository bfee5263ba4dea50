import { execFileSync, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { closedEnvironment } from '../src/repositories/git-environment.ts'
import { defaultGitLimits } from '../src/repositories/git-limits.ts'
import { freePort } from './served.ts'

export interface HttpBackend extends AsyncDisposable {
  pid: number
  origin: string
  /** An empty repository that takes pushes. */
  create(name: string): string
}

const program = fileURLToPath(new URL('http-backend-server.ts', import.meta.url))

/** The limit on a file's size, which ours checks too: asked of the pushed objects alone, the cheapest way there is. */
const preReceive = `#!/bin/sh
unset GIT_ALTERNATE_OBJECT_DIRECTORIES
git cat-file --batch-all-objects --unordered --buffer --batch-check='%(objectsize)' |
  awk '$1 > 104857600 { exit 1 }'
`

/** Starts the peer on the repositories in `folder`, with the very settings that our own git processes get. */
export async function startHttpBackend(folder: string): Promise<HttpBackend> {
  const home = join(folder, 'home')
  const hooks = join(folder, 'hooks')
  const repositories = join(folder, 'repositories')
  for (const each of [home, hooks, repositories]) await mkdir(each, { recursive: true })
  await writeFile(join(hooks, 'pre-receive'), preReceive, { mode: 0o755 })
  const env = { ...closedEnvironment({ home, hooks }, defaultGitLimits), GIT_PROJECT_ROOT: repositories }
  const port = await freePort()
  const child = spawn(process.execPath, [program, String(port)], { env, stdio: 'inherit' })
  const origin = `http://localhost:${port}`
  while (
    !(await fetch(`${origin}/ready`).then(
      () => true,
      () => false,
    ))
  )
    await wait(20)
  return {
    pid: child.pid ?? 0,
    origin,
    create(name) {
      const path = join(repositories, name)
      const git = (args: string[]): void => void execFileSync('git', args, { env })
      git(['init', '--quiet', '--bare', '--object-format=sha1', '--initial-branch=main', path])
      // Its own permission to push; ours is decided by accounts.
      git(['-C', path, 'config', 'http.receivepack', 'true'])
      return path
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
    },
  }
}
