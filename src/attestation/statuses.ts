import type { X509Certificate } from 'node:crypto'
import type { StatusReport } from '../protocols/webauthn/metadata-entry.ts'

// An update mends what firmware does wrong. It cannot take back a leaked attestation key, nor FIDO's own verdict.
const mendedByUpdate = new Set([
  'USER_VERIFICATION_BYPASS',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
])

/**
 * The refused statuses in force for a model. A report counts from its publication until the blob no longer has it; one of
 * `mendedByUpdate` ends with a later `UPDATE_AVAILABLE` that has come into effect, and counts again if reported anew
 * after that. Reports without a date count as the newest, updates without one mend nothing. Which firmware a key runs
 * cannot be seen, so whoever does not trust people to update refuses `UPDATE_AVAILABLE` as well.
 */
export function findBadStatuses(
  reports: readonly StatusReport[],
  given: { refused: readonly string[]; path: readonly X509Certificate[]; now: number },
): string[] {
  const updates = reports.flatMap(({ status, effectiveAt }, index) =>
    status === 'UPDATE_AVAILABLE' && effectiveAt !== null && effectiveAt <= given.now ? [{ effectiveAt, index }] : [],
  )
  const isMended = ({ status, effectiveAt }: StatusReport, index: number): boolean =>
    mendedByUpdate.has(status) &&
    effectiveAt !== null &&
    updates.some(
      (update) => update.effectiveAt > effectiveAt || (update.effectiveAt === effectiveAt && update.index > index),
    )
  const bad = reports.filter(
    (report, index) =>
      given.refused.includes(report.status) && concerns(report, given.path) && !isMended(report, index),
  )
  return [...new Set(bad.map(({ status }) => status))]
}

/** A leaked attestation key may be that of one batch alone; then the report names its certificate. */
function concerns({ status, certificate }: StatusReport, path: readonly X509Certificate[]): boolean {
  if (status !== 'ATTESTATION_KEY_COMPROMISE' || certificate === null || path.length === 0) return true
  return path.some(({ raw }) => raw.toString('base64') === certificate)
}
