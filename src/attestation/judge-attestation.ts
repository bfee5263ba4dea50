import type { X509Certificate } from 'node:crypto'
import type { AttestationOutcome } from '../database/schema.ts'
import { CertificatePathError, verifyCertificatePath } from '../protocols/certificate-path.ts'
import type { AttestationEvidence } from '../protocols/webauthn/attestation-evidence.ts'
import { appleModel } from './apple-model.ts'
import type { AuthenticatorModel } from './models.ts'
import { findBadStatuses } from './statuses.ts'

export interface AttestationJudgement {
  outcome: AttestationOutcome
  /** The model that is proven, or claimed where nothing is; null where metadata does not know it. */
  model: { key: string; name: string } | null
  /** SHA-256 fingerprints from the signing certificate to the root; null where the model is not proven. */
  trustPath: string[] | null
  /** The refused statuses of the model that are in force. */
  statuses: string[]
}

/** By what metadata would know the model: a U2F key has no AAGUID, its maker's attestation key stands for it. */
export const modelKeyOf = (evidence: AttestationEvidence): string | undefined =>
  evidence.format === 'fido-u2f' ? evidence.keyIdentifier : evidence.aaguid

/**
 * What a registration whose statement has been verified proves of its model, against what metadata says of that model.
 * Pure, and never asks a network. A bad status counts even where the model is only claimed: nobody gains by that claim.
 */
export function judgeAttestation(
  evidence: AttestationEvidence,
  given: {
    /** What metadata has under `modelKeyOf`. */
    model: AuthenticatorModel | undefined
    refuseStatuses: readonly string[]
    /** When it was registered: certificates must have been valid then, not for ever. */
    registeredAt: number
    now: number
  },
): AttestationJudgement {
  const isApple = evidence.format === 'apple' && evidence.aaguid === appleModel.key
  const candidates = [given.model, isApple ? appleModel : undefined].filter((one) => one !== undefined)
  const [known] = candidates
  const proof = candidates
    .map((model) => ({ model, path: provenPath(evidence, model, given.registeredAt) }))
    .find(({ path }) => path !== undefined)
  const statuses = findBadStatuses(known?.statusReports ?? [], {
    refused: given.refuseStatuses,
    path: proof?.path ?? evidence.trustPath,
    now: given.now,
  })
  return {
    outcome: outcomeOf(evidence, proof?.model, statuses),
    model: known === undefined ? null : { key: known.key, name: known.name },
    trustPath: proof?.path?.map(({ fingerprint256 }) => fingerprint256) ?? null,
    statuses,
  }
}

function outcomeOf(
  evidence: AttestationEvidence,
  proven: AuthenticatorModel | undefined,
  statuses: string[],
): AttestationOutcome {
  if (statuses.length > 0) return 'bad-status'
  if (evidence.format === 'none') return 'none'
  if (evidence.trustPath.length === 0) return 'self'
  if (proven === undefined) return 'unverified-chain'
  return proven.isHardware && evidence.mayBeHardware ? 'verified' : 'verified-software'
}

/** The certificates from the one that signed to a root of the model, where they prove that it is this model. */
function provenPath(
  evidence: AttestationEvidence,
  model: AuthenticatorModel,
  registeredAt: number,
): X509Certificate[] | undefined {
  const { format, trustPath, aaguid, certifiedAaguid } = evidence
  if (trustPath.length === 0) return undefined
  // Any app on a phone can have Android certify a key of its own and sign other formats with that.
  if (evidence.isAndroidKey && format !== 'android-key') return undefined
  if (certifiedAaguid !== undefined && certifiedAaguid !== aaguid) return undefined
  // WebAuthn L3 §8.2.1: where models share a root, only a certificate that names its model tells them apart.
  if (format === 'packed' && certifiedAaguid === undefined && model.sharesRoots) return undefined
  try {
    return verifyCertificatePath({ chain: trustPath, anchors: model.roots, at: registeredAt })
  } catch (error) {
    if (error instanceof CertificatePathError) return undefined
    throw error
  }
}
