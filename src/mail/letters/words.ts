import { quoteName } from '../quote-name.ts'

/** What a letter says, in three parts. */
interface Words {
  subject: string
  happened: string
  /** What to do now, or what to do if this was not you. */
  next: string
}

/** The words of each kind of letter, from what it tells and the address of the reader's account. */
export type WordsOf<Facts> = { [Kind in keyof Facts]: (facts: Facts[Kind], account: string) => Words }

export const ifNotYou = (steps: string): string => `If this was not you, ${steps}`

/** A text in pieces that `quoteName` shows whole. */
export const quoteText = (text: string): string =>
  (text.match(/\S.{0,180}(?=\s|$)|\S{1,181}/gsu) ?? []).map(quoteName).join('\n')

/** Names of projects and repositories hold nothing that could be taken for another address. */
export const pageOf = (pullRequest: string, account: string): string =>
  `${account.replace(/\/-\/account$/, '')}/${pullRequest.replace('#', '/pull-requests/')}`

export const when = (at: number): string => {
  const [day = '', time = ''] = new Date(at).toISOString().split('T')
  return `${day} at ${time.slice(0, 5)} UTC`
}
