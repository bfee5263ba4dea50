import { SEALS_REF, SIGNERS_REF, parseProtection } from '../seals/format/projection.ts'
import { type SignerEntry, parseSignerEntry, renderSignerEntry } from '../seals/format/signer-entry.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'
import type { ObjectReader } from './object-reader.ts'

interface Change {
  status: string
  path: string
  before: string
  after: string
}

/**
 * Walks the history of both refs: files are added; a signer's entry only gains its endorsement, its end, a
 * sealing origin or another display name; a protection only gains its seal. Throws CannotJudge `history-rewritten`.
 */
export async function checkAppendOnly(repository: Repository, objects: ObjectReader): Promise<void> {
  for (const ref of [SIGNERS_REF, SEALS_REF]) {
    for (const change of await changesOf(repository, ref)) {
      if (!(await isAllowed(ref, change, objects))) {
        throw new CannotJudge('history-rewritten', `${ref}: ${change.path} was changed or removed after it was added`)
      }
    }
  }
}

/** Everything but additions. */
async function changesOf(repository: Repository, ref: string): Promise<Change[]> {
  const commits = await repository.lines(['rev-list', '--parents', '--end-of-options', ref, '--'])
  if (commits.some((line) => line.split(' ').length > 2)) {
    throw new CannotJudge('history-rewritten', `${ref} has a merge in it; it should only grow`)
  }
  const oids = commits.map((line) => line.slice(0, 40)).join('\n')
  const options = ['diff-tree', '--stdin', '--no-commit-id', '-r', '--raw', '--no-abbrev', '--no-renames']
  const lines = await repository.lines([...options, '--no-ext-diff', '--diff-filter=a'], `${oids}\n`)
  return lines.map((line) => {
    const [, before = '', after = '', status = '', path = ''] =
      /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\t(.*)$/.exec(line) ?? []
    return { status, path, before, after }
  })
}

async function isAllowed(ref: string, change: Change, objects: ObjectReader): Promise<boolean> {
  if (change.status !== 'M') return false
  if (ref === SIGNERS_REF && change.path === 'allowed_signers') return true
  const [before, after] = await objects.read([change.before, change.after], 'blob')
  if (!before || !after) return false
  if (ref === SIGNERS_REF) return onlyGrew(parseSignerEntry(before), parseSignerEntry(after))
  if (!change.path.startsWith('protected/')) return false
  const old = parseProtection(before)
  const now = parseProtection(after)
  const same = old.repositoryId === now.repositoryId && old.ref === now.ref && old.baseline === now.baseline
  return same && old.startedAt === now.startedAt && old.statementDigest === null
}

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
