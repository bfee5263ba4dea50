interface ReportWords {
  label: string
  /** What follows from it. */
  means: string
}

/** What FIDO can report about a model and an administrator may hold against it, worst first (FIDO MDS 3.1 §3.1.4). */
export const reports: Record<string, ReportWords> = {
  REVOKED: { label: 'Withdrawn by FIDO', means: 'It is not to be trusted for any reason.' },
  ATTESTATION_KEY_COMPROMISE: {
    label: 'The maker’s attestation key leaked',
    means: 'Any key could pass itself off as this model.',
  },
  USER_VERIFICATION_BYPASS: {
    label: 'Its PIN or fingerprint can be bypassed',
    means: 'Whoever finds such a key can use it.',
  },
  USER_KEY_REMOTE_COMPROMISE: {
    label: 'Its keys can be stolen from afar',
    means: 'They can be guessed, forged or read out without the device.',
  },
  USER_KEY_PHYSICAL_COMPROMISE: {
    label: 'Its keys can be stolen by whoever holds it',
    means: 'They can be read out with the device in hand.',
  },
  UPDATE_AVAILABLE: {
    label: 'An update is available',
    means:
      'It ends the three reports before it. Which firmware a key runs cannot be seen: let it count where you do not rely on people to update.',
  },
  RETIRED: { label: 'Retired', means: 'Nobody looks after this model any more.' },
}

/** A report in plain words; one that is newer than this page by its own name. */
export const reportLabel = (status: string): string => reports[status]?.label ?? status

/** `FIDO_CERTIFIED_L1plus` is "FIDO certified, level 1+". */
export function certificationWords(status: string): string {
  const [, level, plus] = /_L(\d)(plus)?$/.exec(status) ?? []
  return level === undefined ? 'FIDO certified' : `FIDO certified, level ${level}${plus ? '+' : ''}`
}
