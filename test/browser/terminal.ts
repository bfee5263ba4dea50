import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pasted {
  code: number
  /** What the person saw, both streams in one. */
  screen: string
}

const repository = join(import.meta.dirname, '../..')

/** A person's shell on a machine with stock git and nothing else set up but their name. */
export class Terminal implements AsyncDisposable {
  readonly home: string

  private constructor(home: string) {
    this.home = home
  }

  static async open(name: string, email: string): Promise<Terminal> {
    const home = await mkdtemp(join(tmpdir(), 'postern-terminal-'))
    await writeFile(join(home, '.gitconfig'), `[user]\n  name = ${name}\n  email = ${email}\n`)
    await mkdir(join(home, 'bin'))
    await writeExecutable(join(home, 'bin/postern'), `exec '${process.execPath}' '${repository}/src/main.ts' "$@"`)
    return new Terminal(home)
  }

  /** What git is told when it asks for a user name and a password. */
  async answerGitWith(username: string, token: string): Promise<void> {
    await writeExecutable(
      join(this.home, 'bin/askpass'),
      `case "$1" in Username*) echo '${username}';; *) echo '${token}';; esac`,
    )
  }

  /** Runs the lines as they are, each only if the one before went well. */
  paste(lines: string, folder = '.'): Promise<Pasted> {
    return new Promise((resolve) => {
      execFile(
        'sh',
        ['-e', '-c', `exec 2>&1\n${lines}`],
        {
          cwd: join(this.home, folder),
          encoding: 'utf8',
          env: {
            PATH: `${join(this.home, 'bin')}:${process.env['PATH'] ?? ''}`,
            HOME: this.home,
            LANG: 'C.UTF-8',
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_TERMINAL_PROMPT: '0',
            GIT_ASKPASS: join(this.home, 'bin/askpass'),
          },
        },
        (error, stdout) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), screen: stdout }),
      )
    })
  }

  /** @throws with what was on the screen when it did not go well */
  async pasteWell(lines: string, folder?: string): Promise<string> {
    const { code, screen } = await this.paste(lines, folder)
    if (code !== 0) throw new Error(`${lines}\n${screen}`)
    return screen
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.home, path), text)
  }

  read(path: string): Promise<string> {
    return readFile(join(this.home, path), 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function writeExecutable(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}
