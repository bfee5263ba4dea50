import { SIGNERS_REF, parseProtection } from '../seals/format/projection.ts'
import { REVOKED_KEYS } from '../seals/format/revocation.ts'
import { type SignerEntry, parseSignerEntry, renderSignerEntry } from '../seals/format/signer-entry.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { Change } from './history.ts'
import type { ObjectReader } from './object-reader.ts'

/**
 * Judges what became of the files of one of both refs, but for those that were added: a signer's entry only gains its
 * endorsement, its end, a sealing origin or another display name; the revoked keys only gain lines; what stands of one
 * never changes; a protection only gains its seal. Throws CannotJudge `history-rewritten`.
 */
export async function checkAppendOnly(ref: string, changes: readonly Change[], objects: ObjectReader): Promise<void> {
  for (const change of changes) {
    if (!(await isAllowed(ref, change, objects))) {
      throw new CannotJudge('history-rewritten', `${ref}: ${change.path} was changed or removed after it was added`)
    }
  }
}

async function isAllowed(ref: string, change: Change, objects: ObjectReader): Promise<boolean> {
  if (change.status !== 'M') return false
  const { path } = change
  if (ref === SIGNERS_REF && path === 'allowed_signers') return true
  const folder = ref === SIGNERS_REF ? 'signers/' : 'protected/'
  // Above all no list of what stands of a key in wrong hands: a longer one would let in what the thief made since.
  if (!path.startsWith(folder) && !(ref === SIGNERS_REF && path === REVOKED_KEYS)) return false
  const [before, after] = await objects.read([change.before, change.after], 'blob')
  if (!before || !after) return false
  if (path === REVOKED_KEYS) return linesOf(before).every((line) => linesOf(after).includes(line))
  if (ref === SIGNERS_REF) return onlyGrew(parseSignerEntry(before), parseSignerEntry(after))
  const old = parseProtection(before)
  const now = parseProtection(after)
  const same = old.repositoryId === now.repositoryId && old.ref === now.ref && old.baseline === now.baseline
  return same && old.startedAt === now.startedAt && old.statementDigest === null
}

const linesOf = (file: Buffer): string[] => file.toString('latin1').split('\n')

function onlyGrew(before: SignerEntry, after: SignerEntry): boolean {
  const continued: SignerEntry = {
    ...after,
    origins: { ...after.origins, sealing: before.origins.sealing },
    displayName: before.displayName,
    endorsement: before.endorsement,
    ended: before.ended,
  }
  const kept = (old: unknown, now: unknown) => old === null || JSON.stringify(old) === JSON.stringify(now)
  return (
    renderSignerEntry(continued).equals(renderSignerEntry(before)) &&
    kept(before.endorsement, after.endorsement) &&
    kept(before.ended, after.ended) &&
    before.origins.sealing.every((origin) => after.origins.sealing.includes(origin))
  )
}
