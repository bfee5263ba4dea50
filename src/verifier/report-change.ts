import { EDDSA, ES256 } from '../protocols/webauthn/cose.ts'
import { isGitAction } from '../seals/format/statement.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { renderTime } from '../seals/format/time.ts'
import type { VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { Agreement } from './agreements.ts'
import type { Rules } from './judge-seal.ts'
import { plainLine } from './plain-text.ts'
import type { Change, Person, ProvenChange } from './report.ts'
import type { SealedStep, SignedStep, Step } from './step.ts'
import type { Judgement } from './walk.ts'

/** Changes as the report tells them, newest first. */
export function reportChanges(
  judgements: readonly Judgement[],
  agreements: ReadonlyMap<SealedStep, Agreement>,
  rules: Rules,
): Change[] {
  // The commits of one update have all but themselves in common.
  const told = new Map<Step, Told>()
  for (const [step, agreement] of agreements) told.set(step, tellSealed(step, agreement, rules))
  return judgements.toReversed().map(({ oid, title, committedAt, claimedAuthor, proof }): Change => {
    const commit = { oid, title, committedAt }
    if (!(proof instanceof SealError)) {
      const step = told.get(proof) ?? (proof.push && tellSigned(proof, rules))
      if (!step) throw new TypeError('a step nobody looked at')
      told.set(proof, step)
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

type Told = Omit<ProvenChange, 'oid' | 'title' | 'committedAt'>

function tellSealed(
  { seal, action, pullRequest, head, base, tip }: SealedStep,
  agreement: Agreement,
  { chain }: Rules,
): Told {
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
    proof: 'seal',
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
    pushedTo: null,
    issuedAt: statement.predicate.issuedAt,
    statementDigest: seal.statementDigest,
  }
}

/** One person stands behind it, and nobody can have approved it. */
function tellSigned({ push, action, pullRequest, head, base, tip, isNamed }: SignedStep, { chain }: Rules): Told {
  const { key, keyType, enrolledBy, strength, digest, issuedAt, pushee } = push
  const { username } = key
  const enroller = enrolledBy && chain.get(enrolledBy.credentialId)
  // A person whose key only the server speaks for may have sealed here too.
  const known = enrolledBy ?? [...chain.values()].find(({ entry }) => entry.userId === key.userId)?.entry
  const principal = known?.principal ?? username
  return {
    state: 'proven',
    action,
    pullRequest,
    head,
    update: { base, tip },
    level: 3,
    people: [{ username, principal, did: 'pushed', strength, origin: null, statementDigest: digest }],
    landed: null,
    confirmedBy: [],
    notCounted: [],
    by: {
      username,
      displayName: known?.displayName ?? username,
      principal,
      trust: enroller && enroller.trust !== 'server' ? 'endorsed' : 'server',
      endorsedBy: enrolledBy?.username ?? null,
    },
    proof: 'signed-push',
    key: {
      fingerprint: key.fingerprint,
      algorithm:
        keyType === 'sk-ssh-ed25519@openssh.com' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com',
      strength,
      userPresent: true,
      userVerified: true,
      backupEligible: null,
      backupState: null,
      stockVerifiable: false,
    },
    origin: null,
    policyDigest: null,
    pushedTo: { address: pushee === null ? null : plainLine(pushee), isNamed },
    issuedAt: renderTime(issuedAt * 1000),
    statementDigest: digest,
  }
}

function tellPerson({ entry, strength, origin, statementDigest }: VerifiedSeal, did: Person['did']): Person {
  const { username, principal } = entry
  return { username, principal, did, strength, origin, statementDigest }
}
