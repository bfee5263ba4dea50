import { execFile } from 'node:child_process'
import type { SshAgent } from './ssh-agent.ts'
import type { StartedPostern } from './start-postern.ts'

/** What the real `ssh -T` gets to hear with what this agent holds. */
export function greet(
  postern: Pick<StartedPostern, 'postern'>,
  agent: Pick<SshAgent, 'socket'>,
  user = 'git',
): Promise<{ isIn: boolean; said: string }> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'PreferredAuthentications=publickey']
  const args = ['-F', 'none', '-T', '-p', String(postern.postern.sshPort()), ...options.flatMap((one) => ['-o', one])]
  return new Promise((resolve) => {
    const child = execFile(
      'ssh',
      [...args, `${user}@localhost`],
      { env: { ...process.env, LC_ALL: 'C.UTF-8', SSH_AUTH_SOCK: agent.socket }, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ isIn: error === null, said: `${stdout}${stderr}` }),
    )
    child.stdin?.end()
  })
}
