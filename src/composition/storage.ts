import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { createGit, type Git } from '../repositories/git.ts'
import { createMaintenance } from '../repositories/maintenance.ts'
import type { Foundations } from './foundations.ts'

export type Storage = Awaited<ReturnType<typeof openStorage>>

/** Git starts in a process of its own, and has answered when it is needed where it is asked for first. */
export function startGit({ dataFolder, limits }: Config, opened: AsyncDisposableStack): Promise<Git> {
  const starting = createGit({
    dataFolder,
    limits: { pushBytes: limits.maxPushBytes, operationMs: limits.operationTimeoutMs },
  })
  // Whoever waits for it hears of it; where nobody comes to that, it is closed all the same.
  opened.defer(() =>
    starting.then(
      (git) => git.close(),
      () => {},
    ),
  )
  return starting
}

/** Where repositories lie, and the git that works on them. */
export async function openStorage({ config, opened, failing }: Foundations, starting: Promise<Git>) {
  const root = join(config.dataFolder, 'repositories')
  await mkdir(root, { recursive: true, mode: 0o700 })
  const git = await starting
  opened.defer(() => git.close())
  const maintenance = createMaintenance({ git, onError: failing('maintenance') })
  opened.defer(() => maintenance.close())
  return { root, git, maintenance }
}
