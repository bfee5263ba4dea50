import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Why a test with it cannot run here; undefined where it is installed. */
export const missingHelper = await run('sh', ['-c', 'command -v git-credential-oauth']).then(
  () => undefined,
  () => 'git-credential-oauth is not installed here',
)

/** A computer of its own: git set up by nothing but the file that the guide names, or by nothing yet, and a browser that tells us. */
export async function setUpGit(
  { origin, folder }: { origin: string; folder: string },
  name: string,
  { isBare = false }: { isBare?: boolean } = {},
) {
  const home = join(folder, name)
  const over = new AbortController()
  const pipe = join(home, 'opened')
  await mkdir(join(home, 'bin'), { recursive: true })
  await run('mkfifo', [pipe])
  for (const browser of ['xdg-open', 'x-www-browser', 'www-browser', 'sensible-browser']) {
    await writeFile(join(home, 'bin', browser), `#!/bin/sh\nprintf '%s' "$1" > '${pipe}'\n`)
    await chmod(join(home, 'bin', browser), 0o755)
  }
  if (!isBare) await writeFile(join(home, 'postern.gitconfig'), await (await fetch(`${origin}/.gitconfig`)).text())
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@example.com',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'ana@example.com',
  }
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: home, env: environment, signal: over.signal })).stdout.trim()
  if (!isBare) await git('config', '--global', '--add', 'include.path', join(home, 'postern.gitconfig'))
  return {
    home,
    git,
    /** What a page tells to type, as it stands there but for the places. */
    async sh(text: string): Promise<void> {
      const here = text.replaceAll('https://git.example.com', origin).replaceAll('~/', `${home}/`)
      await run('sh', ['-euc', here], { cwd: home, env: environment, signal: over.signal })
    },
    opened: () => readFile(pipe, { encoding: 'utf8', signal: over.signal }),
    // What still waits for somebody waits no more.
    [Symbol.dispose]: () => over.abort(),
  }
}
