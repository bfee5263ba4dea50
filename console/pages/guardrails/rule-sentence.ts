import type { Rule } from '../../api/shapes.ts'
import { keyKindWords } from '../../ui/key-kind-words.ts'
import { isOnlySsh, sshStrengthWords, strengthWords } from '../../ui/strength-words.ts'
import { capital, counted, dayWords } from '../../ui/plain-words.ts'
import { doesWords } from './act-words.ts'
import { durationWords } from './duration.ts'
import { listed, type Subject, subjectOf } from './who-words.ts'

/** Says a model by its AAGUID, where it is known. */
export type NameModel = (aaguid: string) => string | undefined

/** The kinds and models that a rule names. */
export const modelTerms = ({ requires: { models } }: Pick<Rule, 'requires'>): string[] => [
  ...(models?.allow ?? []),
  ...(models?.deny ?? []),
]

type Told = Pick<Rule, 'who' | 'does' | 'where' | 'requires'> &
  Partial<Pick<Rule, 'enforceFrom' | 'graceDays' | 'permits'>>

/** The whole rule in plain words: "Owners and administrators need a hardware key of a verified model to sign in." */
export function ruleSentence(rule: Told, nameOf: NameModel = () => undefined): string {
  const subject = subjectOf(rule.who)
  if (rule.permits)
    return `${capital(subject.words)} may sign in with ${strengthWords[rule.permits.signIn]}${whereWords(rule.where)} until ${dayWords(rule.permits.until)}.`
  const forActs = askedForActs(rule, subject, nameOf)
  const byItself = askedByItself(rule, subject)
  const from = [
    rule.enforceFrom === undefined ? '' : `from ${dayWords(rule.enforceFrom)} on, `,
    rule.graceDays === undefined ? '' : `${counted(rule.graceDays, 'day')} after joining, `,
  ].join('')
  const to = `to ${listed(
    rule.does.map((act) => actAt(act, rule.where)),
    'or',
  )}${whereWords(rule.where)}`
  const sentences = [
    ...(forActs.length ? [`${from}${subject.words} ${forActs.join(', and ')} ${to}`] : []),
    ...byItself.map((asked, index) =>
      forActs.length || index > 0 ? `they ${asked('they')}` : `${from}${subject.words} ${asked('subject')}`,
    ),
  ]
  return sentences.map((sentence) => `${capital(sentence)}.`).join(' ')
}

/** What holds for the acts that the rule names. */
function askedForActs({ requires, does }: Told, { isPlural }: Subject, nameOf: NameModel) {
  const { strength, models, networks, freshnessSeconds } = requires
  const kinds = (terms: readonly string[]) =>
    terms.map((term) => keyKindWords[term] ?? nameOf(term) ?? `the model ${term}`)
  return [
    ...(freshnessSeconds === 0 ? [`${isPlural ? 'need' : 'needs'} a tap each time`] : []),
    ...(strength
      ? [`${isPlural ? 'need' : 'needs'} ${(isOnlySsh(does) ? sshStrengthWords : strengthWords)[strength]}`]
      : []),
    ...(models?.allow ? [`may use only ${listed(kinds(models.allow), 'or')}`] : []),
    ...(models?.deny ? [`may not use ${listed(kinds(models.deny), 'or')}`] : []),
    ...(networks ? [`must come from ${listed(networks, 'or', 4, 'more ranges')}`] : []),
  ]
}

function againWords(does: readonly string[]): string {
  if (does.every((act) => act === 'push')) return 'tap for a push'
  return does.every((act) => act === 'application.use') ? 'tap again' : 'sign in again'
}

type Asked = (who: 'subject' | 'they') => string

/** What carries its act in itself. */
function askedByItself({ requires, does }: Told, { isPlural }: Subject): Asked[] {
  const { freshnessSeconds, sessionIdleSeconds: idle, sessionAbsoluteSeconds: absolute } = requires
  const { tokenLifetimeDays, people } = requires
  const are: Asked = (who) => (who === 'they' || isPlural ? 'are' : 'is')
  const need: Asked = (who) => (who === 'they' || isPlural ? 'need' : 'needs')
  const limits = [
    ...(idle === undefined ? [] : [`after ${durationWords(idle)} without use`]),
    ...(absolute === undefined
      ? []
      : [`${durationWords(absolute)} after signing in${idle === undefined ? '' : ' at the latest'}`]),
  ]
  const again = againWords(does)
  const asked: Asked[] = []
  if (limits.length) asked.push((who) => `${are(who)} signed out ${limits.join(', and ')}`)
  if (freshnessSeconds !== undefined && freshnessSeconds > 0)
    asked.push(() => `must ${again} when the last tap is older than ${durationWords(freshnessSeconds)}`)
  if (tokenLifetimeDays !== undefined)
    asked.push(() => `may keep an API token for ${counted(tokenLifetimeDays, 'day')} at most`)
  if (people !== undefined) asked.push((who) => `${need(who)} a second administrator’s tap to change a guardrail`)
  return asked
}

/** “open grafana” says more than “open an application in grafana”. */
function actAt(act: string, where: Rule['where']): string {
  const tools = where?.applications && listed(where.applications, 'or')
  if (tools === undefined) return doesWords(act)
  if (act === 'application.use') return `open ${tools}`
  return act === 'application.call' ? `call ${tools} by a program` : `${doesWords(act)} at ${tools}`
}

function whereWords(where: Rule['where']): string {
  const { repositories, branches, networks, paths, methods } = where ?? {}
  return [
    repositories && ` in ${listed(repositories, 'or')}`,
    branches && ` on ${listed(branches, 'or')}`,
    paths && ` on ${listed(paths, 'or')}`,
    methods && ` with ${listed(methods, 'or')}`,
    networks && ` when coming from ${listed(networks, 'or', 4, 'more ranges')}`,
  ]
    .filter(Boolean)
    .join('')
}
