import { invalid } from '../http/problem.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { checkHostKey, hostKeyFingerprint } from './host-key.ts'
import { checkPrivateKey } from './private-key.ts'
import { checkRemoteUrl } from './remote.ts'
import { isSshAddress } from './ssh-address.ts'

/** As people give it; left out: as it was. */
export interface GivenRemote {
  url?: string
  username?: string
  password?: string
  sshKey?: string
  hostKey?: string
}
export interface KeptRemote {
  url: string
  username: string
  passwordBox: string | null
  hostKey: string | null
}

/**
 * How another server would be reached after a change: over http with a user name and a password, over SSH with a key.
 * `secret`: given anew; undefined with `keepsSecret` for the one that lies in the box. @throws ProblemError 422
 */
export function wantRemote(outbound: Outbound, given: GivenRemote, before?: KeptRemote) {
  const typed = (given.url ?? before?.url ?? '').trim()
  const isSsh = isSshAddress(typed)
  if (isSsh && given.password) throw invalid('password', 'SSH comes in with a key, not with a password.')
  if (!isSsh && given.sshKey) throw invalid('sshKey', 'A key is for SSH addresses only.')
  const secret = isSsh ? given.sshKey && checkPrivateKey(given.sshKey) : given.password
  const hadSecret = before !== undefined && before.passwordBox !== null
  const keepsSecret = hadSecret && (isSsh ? !secret : given.password === undefined)
  const url = checkRemoteUrl(outbound, typed, keepsSecret ? 'kept' : secret || undefined)
  const isSameServer = before !== undefined && serverOf(before.url) === serverOf(url)
  // Otherwise an address could be entered that reads the password somebody else gave.
  if (keepsSecret && !isSameServer)
    throw isSsh
      ? invalid('sshKey', 'The key or password was given for another server. Enter the key for this server.')
      : invalid('password', 'The password was given for another server. Enter the one for this server.')
  if (isSsh && !secret && !keepsSecret)
    throw invalid('sshKey', 'SSH needs a private key whose public half is known there.')
  return {
    url,
    username: isSsh ? '' : (given.username ?? before?.username ?? ''),
    secret: secret || undefined,
    keepsSecret,
    hostKey: isSsh ? wantHostKey(given.hostKey, isSameServer ? before.hostKey : null) : null,
  }
}

/** Of a key that was seen, more is kept than its fingerprint, which people send back. */
function wantHostKey(given: string | undefined, before: string | null): string | null {
  if (given === undefined) return before
  const wanted = checkHostKey(given)
  return wanted !== null && wanted === hostKeyFingerprint(before) ? before : wanted
}

/** Its origin, which `URL` gives for http alone. */
function serverOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
