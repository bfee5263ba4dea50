import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outbound } from '../outbound/outbound.ts'
import { type Git, GitError } from '../repositories/git.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { explainSsh } from './explain-ssh.ts'
import { hostKeyFingerprint } from './host-key.ts'
import { fromOutbound, type Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'
import { readSshAddress } from './ssh-address.ts'

const connectSeconds = 30

/**
 * Git's settings for SSH to this remote: to an address that was looked up and allowed just now, with its one key, to a
 * server that shows the key it must show. A key that was not known is looked at first, without coming in, and handed to
 * `keepHostKey`. The private key lies in a folder that goes away with the connection. @throws RemoteError
 */
export async function openSsh(
  { git, outbound }: { git: Git; outbound: Outbound },
  remote: Remote,
  { stallSeconds, signal }: { stallSeconds: number; signal: AbortSignal },
): Promise<{ settings: GitSetting[] } & AsyncDisposable> {
  const { host } = readSshAddress(remote.url)
  const addresses = await outbound.resolve(host).catch((error: unknown) => {
    throw fromOutbound(error)
  })
  // ssh takes one; where there is no IPv6 the other kind still leads there.
  const address = (addresses.find(({ family }) => family === 4) ?? addresses[0])?.address ?? ''
  const folder = await git.privateFolder()
  const known = join(folder.path, 'known_hosts')
  const key = join(folder.path, 'key')
  const settingsOf = (more: Record<string, string>): GitSetting[] => [
    ['protocol.ssh.allow', 'always'],
    [
      'core.sshCommand',
      sshCommand({
        ...closed,
        ...more,
        ...alive(stallSeconds),
        HostName: address,
        HostKeyAlias: host,
        UserKnownHostsFile: inFile(known),
      }),
    ],
  ]
  try {
    await writeFile(known, '', { mode: 0o600 })
    const pinned = remote.hostKey?.startsWith('SHA256:') === false ? remote.hostKey : undefined
    const hostKey = pinned ?? (await lookAtHostKey(git, remote, { known, signal, settings: settingsOf(looking) }))
    await writeFile(known, `${aliasInFile(host)} ${hostKey}\n`)
    await writeFile(key, remote.password ?? '', { mode: 0o600 })
    const settings = settingsOf({
      StrictHostKeyChecking: 'yes',
      IdentityFile: inFile(key),
      PreferredAuthentications: 'publickey',
    })
    return { settings, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

/** No file of this machine's user, no agent, no other way in or through, nothing run here. */
const closed = {
  BatchMode: 'yes',
  IdentitiesOnly: 'yes',
  IdentityAgent: 'none',
  PKCS11Provider: 'none',
  GlobalKnownHostsFile: '/dev/null',
  UpdateHostKeys: 'no',
  CheckHostIP: 'no',
  VerifyHostKeyDNS: 'no',
  CanonicalizeHostname: 'no',
  PasswordAuthentication: 'no',
  KbdInteractiveAuthentication: 'no',
  ClearAllForwardings: 'yes',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  Tunnel: 'no',
  ProxyCommand: 'none',
  ProxyJump: 'none',
  PermitLocalCommand: 'no',
  ControlMaster: 'no',
  ControlPath: 'none',
  EscapeChar: 'none',
  ConnectionAttempts: '1',
  ConnectTimeout: String(connectSeconds),
}

/** Takes the server's key down and offers nothing. */
const looking = { StrictHostKeyChecking: 'accept-new', IdentityFile: 'none', PreferredAuthentications: 'none' }

const alive = (stallSeconds: number) => ({
  ServerAliveInterval: String(Math.max(1, Math.floor(stallSeconds / 3))),
  ServerAliveCountMax: '3',
})

/** git hands it to a shell, so each option stands in quotes, whatever is in it. */
const sshCommand = (options: Record<string, string>): string =>
  [
    'ssh',
    '-F',
    'none',
    '-a',
    '-x',
    '-T',
    ...Object.entries(options).map(([name, value]) => `-o ${quote(`${name}=${value}`)}`),
  ].join(' ')

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A path as ssh's options take it: blanks separate, and a percent sign begins a token. */
const inFile = (path: string): string => `"${path.replaceAll('%', '%%')}"`

/** As ssh looks a key up by its alias, which is never one of the forms with a port. */
const aliasInFile = (host: string): string => host.toLowerCase()

async function lookAtHostKey(
  git: Git,
  remote: Remote,
  { known, settings, signal }: { known: string; settings: GitSetting[]; signal: AbortSignal },
): Promise<string> {
  const said = await git
    .run(['ls-remote', '--', remote.url, 'HEAD'], { config: settings, signal, timeoutMs: 2 * connectSeconds * 1000 })
    .then(
      () => '',
      (error: unknown) => {
        if (error instanceof GitError && error.code === 'git-failed') return error.detail
        if (error instanceof GitError && error.code === 'git-timeout') return 'Connection timed out'
        throw error
      },
    )
  const [, seen] = /^\S+ (\S+ \S+)$/m.exec(await readFile(known, 'utf8')) ?? []
  if (seen === undefined) throw explainSsh(said, remote.url)
  const fingerprint = hostKeyFingerprint(seen)
  if (remote.hostKey && remote.hostKey !== fingerprint)
    throw new RemoteError(
      'host-key-changed',
      `${new URL(remote.url).host} shows another key than the one that was given: ${fingerprint} (${seen.split(' ')[0]}). Nothing was sent. Ask whoever runs it which one is right.`,
    )
  await remote.keepHostKey?.(seen)
  return seen
}
