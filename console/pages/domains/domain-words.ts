import type { DomainAccount, DomainView } from '../../api/shapes.ts'
import { counted, dayWords } from '../../ui/plain-words.ts'

type Tone = 'good' | 'waiting' | 'bad'

/** How a domain is, in a word. */
export function domainState({ state, failingSince }: Pick<DomainView, 'state' | 'failingSince'>): {
  word: string
  tone: Tone
} {
  if (state === 'waiting') return { word: 'Not verified yet', tone: 'waiting' }
  if (state === 'lost') return { word: 'Proof lost', tone: 'bad' }
  return failingSince === null ? { word: 'Verified', tone: 'good' } : { word: 'Proof not found', tone: 'bad' }
}

/** "12 people, 3 of them managed by nobody" */
export function accountsWords({ people, unmanaged, unconfirmed }: DomainView['accounts']): string {
  const all = people === 1 ? '1 person' : `${people.toLocaleString('en')} people`
  if (people === 0) return 'Nobody has an address there'
  if (unmanaged === 0) return `${all}, all of them managed`
  const whose = people === 1 ? '' : `${unconfirmed.toLocaleString('en')} of them `
  const typed = unconfirmed === 0 ? '' : `, ${whose}with an address never confirmed`
  if (unmanaged === people) return `${all}, managed by nobody${typed}`
  return `${all}, ${unmanaged.toLocaleString('en')} managed by nobody${typed}`
}

/** What stands beside a person in the report. */
export function accountWords({ management, claim }: DomainAccount, now: number): string {
  if (management === 'this-domain') return 'Managed'
  if (management === 'another') return 'Managed by a directory'
  if (claim === null) return 'Managed by nobody'
  if (claim.state === 'objected') return claim.graceEndsAt > now ? 'Objects' : 'Objects: decide what becomes of them'
  return claim.graceEndsAt > now ? `Told; managed from ${dayWords(claim.graceEndsAt)} on` : 'Told; managed in a moment'
}

export const peopleWords = (count: number): string =>
  count === 1 ? '1 person' : `${count.toLocaleString('en')} people`

export const daysWords = (days: number): string => counted(days, 'day')
