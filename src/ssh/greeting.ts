import { strengthWords } from '../policy/words.ts'
import { cloneUrl, type SshAddress } from './host-key.ts'
import type { Login } from './login.ts'

/** What `ssh -T` shows: who you are here, by which key, what that counts for, and what to do next. */
export function renderGreeting({ caller, key }: Login, address: SshAddress): string {
  const { displayName, username, strength, by } = caller
  const who = displayName === '' ? username : `${displayName} (${username})`
  return [
    `Hello ${who}.`,
    `You came by the ${kindWords[by.kind]} “${by.name}”, ${key.fingerprint}: ${touchWords(key.touch)}.`,
    ...(by.kind === 'deploy-key' ? [] : [`Here that counts as ${strengthWords[strength]}.`]),
    `Git works, and nothing else runs. To clone: git clone ${cloneUrl(address, '<project>/<repository>')}`,
  ].join('\n')
}

const kindWords: Record<Login['caller']['by']['kind'], string> = {
  'ssh-key': 'SSH key',
  'ssh-certificate': 'SSH certificate',
  'deploy-key': 'deploy key',
}

const touchWords = (touch: Login['key']['touch']): string =>
  touch === null
    ? 'a key in a file, which nobody touched'
    : touch.userVerification
      ? 'a security key, touched, with PIN or fingerprint'
      : 'a security key, touched'
