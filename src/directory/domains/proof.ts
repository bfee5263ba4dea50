import type { DomainTable } from '../../database/schema.ts'

/** What a look for the proof brought: where it was not found, why, in a sentence for whoever wants it found. */
export type Look = { isFound: true } | { isFound: false; why: string }

export type Way = 'dns' | 'https'

/** One way to look. Never throws. */
export type LookForProof = (domain: Pick<DomainTable, 'name' | 'token'>) => Promise<Look>

export const proofText = ({ token }: Pick<DomainTable, 'token'>): string => `postern-domain-verification=${token}`

export const recordName = ({ name }: Pick<DomainTable, 'name'>): string => `_postern-challenge.${name}`

export const fileUrl = ({ name }: Pick<DomainTable, 'name'>): string =>
  `https://${name}/.well-known/postern-domain-verification`

export const missing = (why: string): Look => ({ isFound: false, why })
