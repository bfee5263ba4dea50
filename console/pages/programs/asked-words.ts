import type { AskedView, Facts, Me } from '../../api/shapes.ts'
import { browserWords } from '../../ui/browser-words.ts'
import { mayWords } from './scope-words.ts'
import { learnsWords } from './sign-on-words.ts'

const row = (label: string, value: string): Facts['rows'][number] => ({ label, value, kind: 'text' })

/** What is asked, in the order in which one would want to know. */
export const askedFacts = (asked: AskedView, me: Pick<Me, 'displayName' | 'username'>): Facts => ({
  title: asked.program,
  rows: [
    ...(isSignOn(asked)
      ? [
          row('You are', `${me.displayName} (${me.username})`),
          row('It learns', learnsWords(asked.learns)),
          row('For', 'as long as you stay signed in here'),
        ]
      : [
          row('Acts as', `${me.displayName} (${me.username})`),
          row('May', mayWords(asked.scopes)),
          row(
            'For',
            `an hour at a time, renewed while it is used; it asks again after ${daysWords(asked.lifetimeDays)}`,
          ),
        ]),
    row('Asks from', asked.isFromHere ? `${asked.askedFrom}, as this page` : asked.askedFrom),
    asked.goesBackTo === null
      ? row('Runs on', 'another device')
      : row('Runs on', `this computer, at ${asked.goesBackTo}`),
    row(asked.via === 'device' ? 'Calls itself' : 'Opened in', browserWords(asked.userAgent)),
  ],
  warnings: [],
})

/** An application that wants to know who somebody is, in place of a program that acts for them. */
export const isSignOn = ({ learns }: Pick<AskedView, 'learns'>): boolean => learns.length > 0

const daysWords = (days: number): string => (days === 1 ? 'a day' : `${days} days`)

/** What should make one think; null where it asks from this very place. */
export function askedWarning(asked: AskedView): string | null {
  const elsewhere = asked.isFromHere ? '' : ` It asks from another address than yours, ${asked.askedFrom}.`
  if (asked.via === 'device')
    return `Go on only if the code stands on a device in front of you, where you started this yourself a moment ago. Whoever sent you a code wants to come in as you.${elsewhere}`
  return asked.isFromHere ? null : elsewhere.trim()
}
