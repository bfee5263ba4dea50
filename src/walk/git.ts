import { execFile } from 'node:child_process'

export interface GitRun {
  code: number
  stdout: string
  stderr: string
}

/** Stock git as a person at a terminal would run it, with nothing of theirs: no configuration, no prompt. */
export function git(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<GitRun> {
  return new Promise((resolve) => {
    execFile(
      'git',
      args as string[],
      {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 ** 2,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          LANG: 'C.UTF-8',
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_TERMINAL_PROMPT: '0',
          ...env,
        },
      },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    )
  })
}

/** @throws with git's own words when it fails */
export async function gitOrThrow(
  folder: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<string> {
  const { code, stdout, stderr } = await git(folder, args, env)
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim() || stdout.trim()}`)
  return stdout
}

/** Arguments that send a token as git's password for one command, leaving nothing behind in any configuration. */
export const withToken = (token: string): string[] => [
  '-c',
  `http.extraHeader=Authorization: Basic ${Buffer.from(`git:${token}`).toString('base64')}`,
]

/** A commit's author and committer at a fixed time, so that a walk is reproducible. */
export const commitAs = (name: string, email: string, at: number): Record<string, string> => {
  const date = `${Math.floor(at / 1000)} +0000`
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  }
}
