import type { Change, Judged, ProvenChange, Tag } from './report.ts'
import { haveTags } from './tags.ts'
import { tagRows } from './tags-text.ts'
import { shownByWhat } from './shown-by-what.ts'
import { short, wrap, WIDTH } from './text-layout.ts'

/** The report for people: at most 100 columns, newest change first, what nobody proved led by `!`. */
export function renderReport(report: Judged): string {
  const lines = [...heading(report), '']
  if (report.changes.length > 0) lines.push(...table(report.changes), '')
  if (report.tags.length > 0) lines.push(...tagRows(report), '')
  if (report.changes.some(isUnvouched) || report.tags.some(isByServer))
    lines.push('(*) only the server says whose key this is', '')
  lines.push(...verdict(report), '', ...shownByWhat(report), '')
  lines.push(...report.notes.flatMap((note) => wrap(note, '- ', '  ')))
  return `${lines.join('\n')}\n`
}

function heading({ repository, ref, tip, start, identities }: Judged): string[] {
  const { root, roots } = identities
  const began = start.state === 'sealed' ? `sealed by ${start.by ?? ''}` : 'as recorded by the server'
  const pinned = identities.pinned ? 'the one you trust' : 'as claimed by the server'
  return [
    `${ref} of ${repository.url ?? repository.id}`,
    `Tip        ${tip}`,
    `Protected  since ${minute(start.at)} UTC from ${short(start.baseline)} on, ${began}`,
    `Signer 0   ${root.username}, ${root.fingerprint}, ${pinned}`,
    ...roots.slice(1).map(({ username, fingerprint }) => `Root       ${username}, ${fingerprint}, you trust it too`),
  ]
}

const COLUMNS = { change: 44, who: 13, key: 15, agreed: 13 } as const

function table(changes: readonly Change[]): string[] {
  return [
    row(' ', 'change', 'who', 'key', 'agreed by', 'level'),
    ...changes.flatMap((change, index) =>
      change.state === 'proven' ? provenRows(change, changes[index - 1]) : unprovenRows(change),
    ),
  ]
}

function isUnvouched(change: Change): boolean {
  return change.state === 'proven' && change.by.trust === 'server'
}

const isByServer = (tag: Tag): boolean => tag.state === 'proven' && tag.by.trust === 'server'

function provenRows(change: ProvenChange, above: Change | undefined): string[] {
  if (above?.state === 'proven' && above.statementDigest === change.statementDigest) {
    return [row(' ', changeWords(change, 'with the above'), '', '', '', String(change.level))]
  }
  const { action, pullRequest, by, people, confirmedBy, level, proof } = change
  const moved = proof === 'signed-push' ? `${action} --signed` : action
  const what = pullRequest === null ? moved : `${action} #${pullRequest}`
  const who = isUnvouched(change) ? `${cut(by.username, COLUMNS.who - 4)} (*)` : by.username
  const others = people.slice(1).map(({ username }) => username)
  const after = confirmedBy.map(({ username }) => username)
  return [
    row(' ', changeWords(change, what), who, keyWords(change), names(others), String(level)),
    ...(after.length > 0 ? wrap(`looked at afterwards by ${after.join(', ')}`, '    ', '    ') : []),
  ]
}

const changeWords = ({ oid, committedAt }: Change, what: string): string =>
  `${short(oid)}  ${committedAt?.slice(0, 10) ?? '?'.padEnd(10)}  ${what}`

/** All of them, or the first and how many more. */
function names([first = '', ...more]: readonly string[]): string {
  const all = [first, ...more].join(', ')
  if (all.length <= COLUMNS.agreed || more.length === 0) return all
  const others = ` +${more.length}`
  return cut(first, COLUMNS.agreed - others.length) + others
}

function unprovenRows(change: Exclude<Change, ProvenChange>): string[] {
  const what = change.state === 'broken' ? 'SEAL BROKEN' : 'NOT PROVEN'
  const named = `${change.title || '(no title)'}${change.claimedAuthor ? `, says ${change.claimedAuthor}` : ''}`
  return [
    row('!', changeWords(change, what), 'nobody', '', '', '1'),
    ...wrap(`${change.explanation} [${change.reason}]`, '    ', '    '),
    cut(`    ${named}`, WIDTH),
  ]
}

/** What a key says of itself is its own claim, unless its model is attested. */
function keyWords({ key, proof }: ProvenChange): string {
  if (proof === 'signed-push') return key.strength === 'attested' ? 'SSH, attested' : 'SSH key, PIN'
  if (key.strength === 'attested') return 'attested model'
  return key.backupEligible ? 'synced passkey' : 'says not copied'
}

function row(mark: string, change: string, who: string, key: string, agreed: string, level: string): string {
  const cell = (text: string, width: number) => cut(text, width).padEnd(width)
  const { change: first, ...rest } = COLUMNS
  const cells = [cell(change, first), cell(who, rest.who), cell(key, rest.key), cell(agreed, rest.agreed), level]
  return cut(`${mark} ${cells.join('  ')}`.trimEnd(), WIDTH)
}

function verdict(report: Judged): string[] {
  const { level, wantedLevel, tags, wantedTags } = report
  const isShort = wantedLevel !== null && level !== null && level < wantedLevel
  const missing = wantedTags.filter((name) => !haveTags(tags, [name]))
  return [
    ...judgement(report),
    ...(isShort ? [`Level ${wantedLevel} was asked for.`] : []),
    ...missing.map((name) => cut(`The tag ${name} was asked for, and is not proven here.`, WIDTH)),
  ]
}

function judgement({ counts, changes, since, level }: Judged): string[] {
  const span = since === null ? 'since protection began' : `since ${short(since)}`
  const total = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} ${span}`
  const failed = counts.unproven + counts.broken
  const proven =
    failed === 0 ? `${total}: all proven.` : `${total}: ${counts.proven} proven, ${failed} that nobody proved.`
  const byTwo = changes.filter((change) => change.level === 4).length
  if (level === 4) return [proven, 'Level 4: every change was agreed to by two people.']
  const two = byTwo === 0 ? '' : `, ${byTwo} of them by two`
  if (level === 3) return [proven, `Level 3: every change was agreed to by one person${two}.`]
  return level === 1 ? [proven, 'Level 1: not every change is proven.'] : [proven]
}

const minute = (time: string | null) => (time === null ? '?' : time.slice(0, 16).replace('T', ' '))
const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)
