import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { run, type SshDoor } from './ssh-door.ts'

/** Why a test with the real git-lfs is skipped, or false. */
export const noLfs = ((): string | false => {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'git-lfs is not installed'
  }
})()

/** What git-lfs sends with its questions. */
export const lfsJson = { accept: 'application/vnd.git-lfs+json', 'content-type': 'application/vnd.git-lfs+json' }
export const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`git:${token}`).toString('base64')}` })

/** A work tree of its own, whose git finds git-lfs and the token by a helper, as a person's does. */
export async function lfsWorkTree(
  door: SshDoor,
  { name, token }: { name: string; token: string },
  ...more: [string, string][]
) {
  const home = await door.folder(`home-${name}`)
  const work = await door.folder(`work-${name}`)
  const helper = `!f() { echo username=git; echo password=${token}; }; f`
  const config = [['credential.helper', helper], ['lfs.concurrenttransfers', '3'], ...more]
  const env = (key?: Parameters<SshDoor['env']>[0]): NodeJS.ProcessEnv => ({
    ...door.env(key ?? { agent: 'none' }),
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  })
  for (const [setting = '', value = ''] of config)
    await run('git', ['config', '--global', '--add', setting, value], { cwd: work, env: env() })
  await run('git', ['lfs', 'install', '--skip-repo'], { cwd: work, env: env() })
  const git = (args: string[], { folder = work, key }: { folder?: string; key?: { file: string } } = {}) =>
    run('git', args, { cwd: folder, env: env(key) })
  const sh = (text: string, folder: string) => run('sh', ['-euc', text], { cwd: folder, env: env() })
  return { work, git, sh }
}
