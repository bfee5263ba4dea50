import { type AccountLetters, accountLetters } from './letters/account.ts'
import { type OrganisationLetters, organisationLetters } from './letters/organisation.ts'
import { type ProgramLetters, programLetters } from './letters/programs.ts'
import { type RecoveryLetters, recoveryLetters } from './letters/recovery.ts'
import { type RepositoryLetters, repositoryLetters } from './letters/repositories.ts'
import type { WordsOf } from './letters/words.ts'

/** What each kind of letter tells. Times are milliseconds since the epoch; names may be anything people typed. */
export interface LetterFacts
  extends AccountLetters, OrganisationLetters, ProgramLetters, RecoveryLetters, RepositoryLetters {}

export type LetterKind = keyof LetterFacts

const words: WordsOf<LetterFacts> = {
  ...accountLetters,
  ...organisationLetters,
  ...programLetters,
  ...recoveryLetters,
  ...repositoryLetters,
}

/** Their links let somebody in, or prove something. */
const carriesSecret: ReadonlySet<LetterKind> = new Set(['invitation', 'register', 'address-check'])
const noProof = 'No link in this letter signs you in or proves anything: you can type the address yourself.'

/** Subject and text of a letter, without the greeting, which is written when the letter is sent. */
export function renderLetter<Kind extends LetterKind>(
  kind: Kind,
  facts: LetterFacts[Kind],
  origin: string,
): { subject: string; text: string } {
  const { subject, happened, next } = words[kind](facts, `${origin}/-/account`)
  const from = carriesSecret.has(kind) ? `Postern at ${origin}` : `Postern at ${origin}\n${noProof}`
  return { subject, text: `${happened}\n\n${next}\n\n--\u0020\n${from}\n` }
}
