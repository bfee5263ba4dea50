import type { Protection } from '../seals/format/projection.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { verifySeal } from '../seals/format/verify-seal.ts'
import { CannotJudge } from './cannot-judge.ts'
import { treeOf } from './first-parents.ts'
import type { Rules } from './judge-seal.ts'
import { readSeals } from './load-projection.ts'
import type { ObjectReader } from './object-reader.ts'
import type { Start } from './report.ts'

/** The start as a person sealed it, or as the server wrote it down. Throws CannotJudge `start-broken`. */
export async function verifyStart(
  protection: Protection,
  commit: Buffer | undefined,
  rules: Rules,
  objects: ObjectReader,
): Promise<{ start: Start; url: string | null }> {
  const { baseline, statementDigest, startedAt: at } = protection
  const recorded: Start = { baseline, state: 'recorded', at, by: null, statementDigest: null }
  if (statementDigest === null) return { start: recorded, url: null }
  try {
    const record = (await readSeals(rules.sealBlobs, [statementDigest], objects)).get(statementDigest)
    if (!record) throw new SealError('statement-missing', 'its seal is not in refs/postern/seals')
    const seal = verifySeal({ ...rules, record })
    const { action, repository, targetRef, targetID } = seal.statement.predicate
    const digest = seal.statement.subject[0]?.digest
    const fits =
      seal.statementDigest === statementDigest &&
      action === 'protect' &&
      repository?.id === rules.repositoryId &&
      targetRef === rules.ref &&
      (commit === undefined || targetID === treeOf(commit)) &&
      digest !== undefined &&
      'gitCommit' in digest &&
      digest.gitCommit === baseline
    if (!fits) throw new SealError('action-mismatch', 'its seal is about something else')
    const url = repository.url
    if (rules.pinned && rules.chain.get(seal.entry.credentialId)?.trust === 'server') return { start: recorded, url }
    return { start: { ...recorded, state: 'sealed', by: seal.entry.username, statementDigest }, url }
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new CannotJudge('start-broken', `the start of protection does not hold: ${cause.message}`, { cause })
  }
}
