import { readText } from './folder.ts'
import type { Certificate } from './get-certificate.ts'
import { runTool } from './run-tool.ts'
import type { SshKeyFile } from './ssh-key.ts'

/** Whether there is an agent, and a private key to give it. */
export const canAddToAgent = async ({ file }: SshKeyFile, env: NodeJS.ProcessEnv): Promise<boolean> =>
  Boolean(env['SSH_AUTH_SOCK']) && (await readText(file)) !== undefined

/** Until the certificate ends: the agent forgets both by itself. */
export async function addToAgent(
  key: SshKeyFile,
  { expiresAt }: Certificate,
  now: number,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const seconds = Math.max(1, Math.floor((expiresAt - now) / 1000))
  await runTool('ssh-add', ['-q', '-t', String(seconds), key.file], env)
}
