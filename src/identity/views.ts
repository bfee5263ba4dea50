import { categoryOf } from '../policy/category.ts'
import { acrOf, amrOf, credentialStrength } from '../policy/strength.ts'
import { coseFingerprint } from '../protocols/sshsig/cose-fingerprint.ts'
import { nameAaguid } from '../protocols/webauthn/aaguid-names.ts'
import type { CredentialRecord } from './credential-records.ts'
import type { LiveSession } from './sessions.ts'
import type { CredentialView, SessionView } from './shapes.ts'

export function renderSession(row: LiveSession, currentId: string | undefined): SessionView {
  return {
    id: row.id,
    isCurrent: row.id === currentId,
    strength: row.strength,
    acr: acrOf(row.strength),
    amr: amrOf(row.strength, row.key),
    authenticatedAt: row.authenticatedAt,
    createdAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    expiresAt: row.expiresAt,
    idleEndsAt: row.idleEndsAt,
    userAgent: row.userAgent,
    address: row.address,
    credentialName: row.credentialName,
  }
}

const algorithmNames: Record<number, string> = { [-7]: 'ES256', [-8]: 'EdDSA', [-257]: 'RS256' }

/** @param pictured AAGUIDs that metadata has an icon for */
export function renderCredential(
  record: CredentialRecord,
  currentId: string | null,
  pictured: ReadonlySet<string> = new Set(),
): CredentialView {
  const isModelVerified = ['verified', 'verified-software'].includes(record.attestationOutcome)
  return {
    id: record.id,
    name: record.name,
    model: record.modelName ?? (record.aaguid === null ? null : (nameAaguid(record.aaguid) ?? null)),
    isModelVerified,
    isModelRefused: record.attestationOutcome === 'bad-status',
    aaguid: record.aaguid,
    // A picture speaks louder than the words beside it: none for a model that is only claimed.
    hasIcon: isModelVerified && record.aaguid !== null && pictured.has(record.aaguid),
    category: categoryOf({
      backupEligible: record.backupEligible,
      transports: JSON.parse(record.transports) as string[],
    }),
    kind: record.backupEligible === 1 ? 'synced' : 'device-bound',
    strength: credentialStrength(record),
    algorithm: algorithmNames[record.algorithm] ?? String(record.algorithm),
    stockVerifiable: record.algorithm === -7,
    enrolledVia: record.enrolledVia,
    isEndorsed: record.endorsedBy !== null || record.enrolledVia === 'setup',
    fingerprint: coseFingerprint(Buffer.from(record.publicKey, 'base64url'), record.rpId),
    createdAt: record.createdAt,
    lastUsedAt: record.lastUsedAt,
    isCurrent: record.id === currentId,
  }
}
