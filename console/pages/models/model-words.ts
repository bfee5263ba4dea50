import type { MetadataView, ModelView } from '../../api/shapes.ts'

const kinds: Record<ModelView['category'], string> = {
  'hardware-key': 'Hardware key',
  platform: 'Key of one device',
}

/** FIDO Registry of Predefined Values §3.1; what proves nobody, such as a touch, is no method here. */
const methods: [begins: string, words: string][] = [
  ['passcode', 'PIN'],
  ['fingerprint', 'fingerprint'],
  ['faceprint', 'face'],
  ['eyeprint', 'eye'],
  ['voiceprint', 'voice'],
  ['handprint', 'hand'],
  ['pattern', 'pattern'],
]

/** "Hardware key. Asks for PIN or fingerprint. Its keys stay in hardware, by its maker’s word." */
export function modelWords({ category, isHardware, userVerification }: ModelView): string {
  const asked = methods.flatMap(([begins, words]) =>
    userVerification.some((method) => method.startsWith(begins)) ? [words] : [],
  )
  const verifies = asked.length
    ? `Asks for ${asked.length > 1 ? `${asked.slice(0, -1).join(', ')} or ${asked.at(-1)}` : asked[0]}`
    : 'Cannot check who holds it'
  const keeps = isHardware
    ? 'Its keys stay in hardware, by its maker’s word'
    : 'Keeps its keys in software, so none of them counts as verified hardware'
  return `${kinds[category]}. ${userVerification.length ? `${verifies}. ` : ''}${keeps}.`
}

export interface ModelReport {
  status: string
  /** `mended`: it would count, had its maker not published an update since. */
  state: 'counts' | 'mended' | 'noted'
  effectiveAt: number | null
}

/** What is reported of a model that is no certificate, each report once and with its latest day; what counts first. */
export function reportsOf({ statuses, refusedFor }: ModelView, counting: readonly string[]): ModelReport[] {
  const told = new Map<string, number | null>()
  for (const { status, effectiveAt } of statuses) if (!isCertificate(status)) told.set(status, effectiveAt)
  const reports = [...told].map(([status, effectiveAt]): ModelReport => {
    const state = refusedFor.includes(status) ? 'counts' : counting.includes(status) ? 'mended' : 'noted'
    return { status, state, effectiveAt }
  })
  return reports.sort((one, other) => Number(other.state === 'counts') - Number(one.state === 'counts'))
}

/** Steps of FIDO's certification and of others': they say how good a model is, not what is wrong with it. */
const isCertificate = (status: string): boolean => /CERTIFIED|^SELF_ASSERTION_SUBMITTED$/.test(status)

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
/** Metadata names days, not moments: the same day for every reader. */
export const metadataDay = (at: number): string => dayFormat.format(at)

/** "uploaded here", "from mds3.fidoalliance.org" */
export const sourceWords = ({ source }: Pick<NonNullable<MetadataView['inForce']>, 'source'>): string =>
  source === 'upload' ? 'uploaded here' : `from ${source}`
