import type { Check } from './check.ts'
import { doesNotApply, elsewhere, notDone } from './not-checked.ts'

export interface Requirement {
  id: string
  level: string
  summary: string
}

/** What became of a requirement: which test shows it, or why there is none. Undefined where nobody said. */
function resultOf(id: string, checks: readonly Check[]): { result: string; how: string } | undefined {
  const titles = checks.filter(({ covers }) => covers.includes(id)).map(({ title }) => title)
  if (titles.length > 0) return { result: 'holds', how: titles.join('; ') }
  const other = elsewhere[id]
  if (other !== undefined) return { result: 'holds', how: `\`${other.test}\`: ${other.why}` }
  const reason = doesNotApply[id]
  if (reason !== undefined) return { result: 'does not apply', how: reason }
  const choice = notDone[id]
  return choice === undefined ? undefined : { result: 'not done', how: choice }
}

export const listUnsettled = (requirements: readonly Requirement[], checks: readonly Check[]): string[] =>
  requirements.filter(({ id }) => resultOf(id, checks) === undefined).map(({ id }) => id)

const levels: Record<string, string> = {
  Must: 'MUST',
  MustNot: 'MUST NOT',
  Shall: 'SHALL',
  ShallNot: 'SHALL NOT',
  Should: 'SHOULD',
  ShouldNot: 'SHOULD NOT',
}

/** `docs/scim-requirements.md`. */
export function renderRequirements(requirements: readonly Requirement[], checks: readonly Check[]): string {
  const rows = requirements.map(({ id, level, summary }) => ({ id, level, summary, ...resultOf(id, checks) }))
  const count = (result: string): number => rows.filter((row) => row.result === result).length
  const cell = (text = ''): string => text.replaceAll('|', '\\|')
  return [
    '# SCIM: each requirement, and the test that shows it',
    '',
    'What RFC 7643 and RFC 7644 demand of a server, by section and line of the RFC, beside the test in',
    '`test/scim-requirements.test.ts` that was written from it. `EXTRA` are properties of every attribute, shown on the',
    'attributes that exist here. Written by that test (`UPDATE_TABLES=1 node test/run.ts scim-requirements`), and checked',
    'by it.',
    '',
    `Of ${rows.length}: ${count('holds')} hold, ${count('does not apply')} do not apply, ${count('not done')} are not done.`,
    '',
    '<!-- prettier-ignore-start -->',
    '',
    '| requirement | level | what | result | shown by, or why |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ id, level, summary, result, how }) =>
        `| ${id} | ${levels[level] ?? level} | ${cell(summary)} | ${result} | ${cell(how)} |`,
    ),
    '',
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n')
}
