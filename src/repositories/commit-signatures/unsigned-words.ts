import type { Told } from '../judge-ref-update.ts'
import type { Unsigned } from './find-unsigned.ts'

/** By whatever door they come. */
export const unsignedRefusal = (branch: string): string => `${branch} takes only commits signed by a registered key.`

/** What is wrong, in sentences; empty where all are signed. */
export function unsignedSentences(branch: string, { commits, isTooMany }: Unsigned): string[] {
  if (isTooMany) return [`${branch} takes only signed commits, and these are too many to look at in one go.`, inParts]
  if (commits.length === 0) return []
  return [unsignedRefusal(branch), ...commits.map(({ oid, why }) => `  ${oid.slice(0, 10)}: ${why}`)]
}

const inParts = 'Push them in parts.'

/** The same and what helps, for whoever is at a terminal. */
export function sayUnsigned(branch: string, unsigned: Unsigned): Told {
  const [what = unsignedRefusal(branch), ...which] = unsignedSentences(branch, unsigned)
  return unsigned.isTooMany ? [what, inParts] : [what, 'Sign these, and push again:', ...which, ...signingHelp(branch)]
}

const signingHelp = (branch: string): string[] => [
  'Register your key for signing under Account, SSH keys. Then sign with it, these commits and later ones:',
  '  git config gpg.format ssh',
  '  git config user.signingKey ~/.ssh/id_ed25519_sk.pub',
  '  git config commit.gpgSign true',
  `  git rebase --exec 'git commit --amend --no-edit -S' origin/${branch}`,
]

export const isUnsigned = ({ commits, isTooMany }: Unsigned): boolean => isTooMany || commits.length > 0
