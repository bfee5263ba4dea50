import type { Change, Judged, ProvenChange } from './report.ts'

const WIDTH = 100

/** The report for people: at most 100 columns, newest change first, what nobody proved led by `!`. */
export function renderReport(report: Judged): string {
  const lines = [...heading(report), '']
  if (report.changes.length > 0) lines.push(...table(report.changes), '')
  if (report.changes.some(isUnvouched)) lines.push('(*) only the server says whose key this is', '')
  lines.push(verdict(report), '', ...report.notes.flatMap((note) => wrap(note, '- ', '  ')))
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

const COLUMNS = { oid: 12, when: 16, who: 16, key: 32 } as const

function table(changes: readonly Change[]): string[] {
  return [
    row(' ', 'commit', 'when (UTC)', 'who tapped', 'key', 'what'),
    ...changes.flatMap((change) => (change.state === 'proven' ? [provenRow(change)] : unprovenRows(change))),
  ]
}

function isUnvouched(change: Change): boolean {
  return change.state === 'proven' && change.by.trust === 'server'
}

function provenRow(change: ProvenChange): string {
  const who = isUnvouched(change) ? `${change.by.username} (*)` : change.by.username
  return row(
    ' ',
    short(change.oid),
    minute(change.committedAt),
    who,
    keyWords(change),
    `${change.action} #${change.pullRequest}`,
  )
}

function unprovenRows(change: Exclude<Change, ProvenChange>): string[] {
  const what = change.state === 'broken' ? 'SEAL BROKEN' : 'NOT PROVEN'
  const named = `${change.title || '(no title)'}${change.claimedAuthor ? `, says ${change.claimedAuthor}` : ''}`
  return [
    row('!', short(change.oid), minute(change.committedAt), 'nobody', what, ''),
    ...wrap(`${change.explanation} [${change.reason}]`, '    ', '    '),
    cut(`    ${named}`, WIDTH),
  ]
}

/** What a key says of itself is its own claim, unless its model is attested. */
function keyWords({ key }: ProvenChange): string {
  const kind =
    key.strength === 'attested' ? 'verified hardware' : key.backupEligible ? 'synced passkey' : 'says not copied'
  return `${kind}, user verified`
}

function row(mark: string, oid: string, when: string, who: string, key: string, what: string): string {
  const cell = (text: string, width: number) => cut(text, width).padEnd(width)
  const cells = [cell(oid, COLUMNS.oid), cell(when, COLUMNS.when), cell(who, COLUMNS.who), cell(key, COLUMNS.key), what]
  return cut(`${mark} ${cells.join('  ')}`.trimEnd(), WIDTH)
}

function verdict({ counts, changes, since }: Judged): string {
  const span = since === null ? 'since protection began' : `since ${short(since)}`
  const total = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} ${span}`
  const failed = counts.unproven + counts.broken
  return failed === 0 ? `${total}: all proven.` : `${total}: ${counts.proven} proven, ${failed} that nobody proved.`
}

const short = (oid: string) => oid.slice(0, 12)
const minute = (time: string | null) => (time === null ? '?' : time.slice(0, 16).replace('T', ' '))
const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

function wrap(text: string, first: string, indent: string): string[] {
  const lines: string[] = []
  let line = first
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}
