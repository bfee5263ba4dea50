import { quoted, RemoteError } from './remote-error.ts'

/** Why it did not work over SSH, from what ssh, git and the other server said. */
export function explainSsh(output: string, url: string): RemoteError {
  const { host } = new URL(url)
  const [code, sentence] = find(output, host)
  return new RemoteError(code, sentence)
}

function find(output: string, host: string): [code: string, sentence: string] {
  const says = (pattern: RegExp): boolean => pattern.test(output)
  if (says(/ssh: (command )?not found|cannot run ssh/))
    return [
      'ssh-missing',
      'SSH addresses need an ssh client beside this server: its operator installs OpenSSH’s client.',
    ]
  if (says(/HOST IDENTIFICATION HAS CHANGED|Host key verification failed/))
    return [
      'host-key-changed',
      `${host} shows another key than the one known from before. Nothing was sent. Ask whoever runs it; if the new key is right, enter its fingerprint.`,
    ]
  if (says(/Permission denied \(|Too many authentication failures|Load key .*(invalid|error)|Authentication failed/))
    return [
      'key-refused',
      `${host} does not let this key in. Add its public half there, and look at the user name in the address.`,
    ]
  if (says(/connect to host .* timed out|Connection timed out|banner exchange/))
    return ['timed-out', `${host} gave no answer in time.`]
  if (says(/Timeout, server .* not responding/))
    return ['stalled', `${host} stopped sending. Try again; nothing was kept.`]
  if (says(/connect to host|Could not resolve|Connection refused|No route to host|Network is unreachable/))
    return ['unreachable', `${host} could not be reached over SSH.`]
  if (says(/read.?only|Permission to .* denied|not allowed to push|may not (push|write)/i))
    return ['forbidden', `${host} does not let this key push to the repository: let it write there.`]
  if (says(/does not appear to be a git repo|(repository|project)[^\n]* not (be )?found|does not exist|no such repo/i))
    return ['not-found', `${host} has no such repository, or does not show it to this key.`]
  if (says(/Unable to negotiate/)) return ['no-agreement', `${host} and this server share no way to encrypt over SSH.`]
  if (says(/closed by remote host|Connection (closed|reset)|broken pipe/i))
    return ['broken-off', `The connection to ${host} broke off. Try again; nothing was kept.`]
  const first = output
    .split(/[\r\n]+/)
    .find((line) => line.trim() !== '' && !line.startsWith('Warning: Permanently added'))
  return [
    'ssh-failed',
    `${host} did not answer as a Git server over SSH${first === undefined ? '.' : `: ${quoted(first)}`}`,
  ]
}
