import { EDDSA, ES256 } from '../protocols/webauthn/cose.ts'
import { isGitAction } from '../seals/format/statement.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { Agreement } from './agreements.ts'
import type { Rules } from './judge-seal.ts'
import type { Change, Person, ProvenChange } from './report.ts'
import type { Step } from './step.ts'
import type { Judgement } from './walk.ts'

/** Changes as the report tells them, newest first. */
export function reportChanges(
  judgements: readonly Judgement[],
  agreements: ReadonlyMap<Step, Agreement>,
  rules: Rules,
): Change[] {
  // The commits of one update have all but themselves in common.
  const told = new Map<Step, Omit<ProvenChange, 'oid' | 'title' | 'committedAt'>>()
  for (const [step, agreement] of agreements) told.set(step, tellStep(step, agreement, rules))
  return judgements.toReversed().map(({ oid, title, committedAt, claimedAuthor, proof }): Change => {
    const commit = { oid, title, committedAt }
    if (!(proof instanceof SealError)) {
      const step = told.get(proof)
      if (!step) throw new TypeError('a step nobody looked at')
      return { ...commit, ...step }
    }
    return {
      ...commit,
      state: proof.code === 'no-seal' ? 'unproven' : 'broken',
      level: 1,
      reason: proof.code,
      explanation: proof.message,
      claimedAuthor,
      people: [],
      confirmedBy: [],
    }
  })
}

function tellStep(
  { seal, action, pullRequest, head, base, tip }: Step,
  agreement: Agreement,
  { chain }: Rules,
): Omit<ProvenChange, 'oid' | 'title' | 'committedAt'> {
  const { entry, statement } = seal
  const signer = chain.get(entry.credentialId)
  return {
    state: 'proven',
    action,
    pullRequest,
    head,
    update: { base, tip },
    level: agreement.level,
    people: agreement.people.map((one) => tellPerson(one.seal, one.did)),
    landed: agreement.landed,
    confirmedBy: agreement.confirmedBy.map((one) => tellPerson(one, 'confirmed')),
    notCounted: agreement.notCounted,
    by: {
      username: entry.username,
      displayName: entry.displayName,
      principal: entry.principal,
      trust: signer?.trust ?? 'server',
      endorsedBy: signer?.endorsedBy ?? null,
    },
    key: {
      fingerprint: entry.fingerprint,
      algorithm: entry.algorithm === ES256 ? 'ES256' : entry.algorithm === EDDSA ? 'EdDSA' : 'RS256',
      strength: seal.strength,
      userPresent: true,
      userVerified: true,
      backupEligible: seal.backupEligible,
      backupState: seal.backupState,
      stockVerifiable: entry.algorithm === ES256 && isGitAction(action),
    },
    origin: seal.origin,
    policyDigest: statement.predicate.policyDigest,
    issuedAt: statement.predicate.issuedAt,
    statementDigest: seal.statementDigest,
  }
}

function tellPerson({ entry, strength, origin, statementDigest }: VerifiedSeal, did: Person['did']): Person {
  const { username, principal } = entry
  return { username, principal, did, strength, origin, statementDigest }
}
