import type { SshView } from '../ssh/shapes.ts'
import { askOrOpen } from './admin-ask.ts'
import { readArgs } from './admin-place.ts'
import { CommandError } from './say.ts'

/** `postern admin ssh-host-key`: what an operator hands on, so that nobody has to trust a first connection. */
export async function adminSshHostKey(args: string[]): Promise<number> {
  const { flags, config } = readArgs(args, {})
  const { ssh } = await askOrOpen(config, { command: 'ssh-host-key' })
  if (ssh === null) throw new CommandError('SSH is off. Start the server without --ssh-port off.')
  process.stdout.write(flags['json'] === true ? `${JSON.stringify(ssh)}\n` : renderHostKey(ssh))
  return 0
}

const renderHostKey = ({ host, port, fingerprint, ecdsa, knownHosts, sshfp }: SshView): string => `\
SSH is at ${host}, port ${port}. Its host key is Ed25519:

  ${fingerprint}

For clients that know no Ed25519 it is ECDSA:

  ${ecdsa.fingerprint}

The lines for ~/.ssh/known_hosts, or /etc/ssh/ssh_known_hosts:

  ${indented(knownHosts)}

The records for DNS, which count where the zone is signed and people set VerifyHostKeyDNS:

  ${indented(sshfp)}
`

const indented = (lines: string): string => lines.replaceAll('\n', '\n  ')
