import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { ClientError } from './client-error.ts'

/** Runs a tool of OpenSSH. Whatever it asks the person, it asks on their terminal. @throws ClientError with what it said */
export async function runTool(tool: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(tool, args, { env, stdio: ['inherit', 'ignore', 'pipe'] })
  const said = text(child.stderr)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new ClientError(`${tool} was not found on this machine.`, 'Install OpenSSH (openssh-client).')
          : error,
      ),
    )
    child.once('close', resolve)
  })
  if (code !== 0)
    throw new ClientError(
      `${tool} failed: ${(await said).trim() || `it ended with ${code}`}`,
      'Put right what it says, and run this again.',
    )
}
