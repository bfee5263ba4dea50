// verifier owns `postern verify`: it judges a clone by its own objects, with git and the code of seals/format alone. It
// never asks a running server for a verdict, and writes nothing but refs/postern/* of a clone that lacks them.

import { parseArgs } from 'node:util'
import type { SealErrorCode } from '../seals/format/seal-error.ts'
import { CannotJudge } from './cannot-judge.ts'
import { type Clone, openClone } from './open-clone.ts'
import { type Output, standard } from './output.ts'
import { plainLine } from './plain-text.ts'
import type { Judged, NotJudged } from './report.ts'
import { renderReport } from './report-text.ts'
import { type VerifyOptions, verifyBranch } from './verify.ts'

const HELP = `postern verify <folder or URL> [options]

Judges every change of a protected branch: who tapped, when, with which kind of key, who else agreed,
and whether it is exactly what was signed. Needs git 2.34 or newer; asks no server for a verdict.

  --ref <branch>         the branch; default: the one the clone is on
  --trust <fingerprint>  SHA256:… of the first signer, from that person's Account, Passkeys: identities then
                         rest on that key, not on the server's word, and keys nobody vouched for do not count;
                         give it again for each further key that you trust as much, such as the first
                         owner's new one after a move to another address
  --since <commit>       judge only what came after this commit
  --origin <origin>      accept only seals made on this origin, e.g. https://git.example.com
  --tag <name>           fail unless this tag was made by a person's tap and stands where the branch is
                         proven; give it again for each further one
  --level <3|4>          fail below this level: 3 is one person behind every change, 4 is two
  --json                 print the report as JSON (docs/formats/seal.md)
  --help                 print this

Exit code 0: every change since protection began is proven. 1: at least one is not; each is named.
1 too: the level is less than --level asks for.
2: no verdict is possible: the clone is shallow, partial, grafted or incomplete, or the list of
signers was rewritten, is not rooted in --trust, or is missing.
`

/** Runs `postern verify` and returns its exit code. */
export async function main(args: readonly string[], output: Output = standard): Promise<0 | 1 | 2> {
  const asJson = args.includes('--json')
  // Whoever reads through `head` closes the pipe; the verdict stands in the exit code all the same.
  if (output === standard) process.stdout.once('error', () => undefined)
  try {
    const parsed = parse(args)
    if (parsed === 'help') {
      output.out(HELP)
      return 0
    }
    const report = await judge(parsed.place, parsed.options)
    output.out(asJson ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report))
    return report.exitCode
  } catch (error) {
    if (!(error instanceof CannotJudge)) throw error
    if (asJson) output.out(`${JSON.stringify(notJudged(error), null, 2)}\n`)
    else output.err(`postern verify: cannot judge: ${plainLine(error.message)} [${error.code}]\n`)
    return 2
  }
}

function notJudged({ code, message }: CannotJudge): NotJudged {
  return { version: 1, verdict: 'cannot-judge', exitCode: 2, error: { code, message } }
}

/** Judges, and once more if what is missing may only not have been fetched yet. */
async function judge(place: string, options: VerifyOptions): Promise<Judged> {
  await using clone = await openClone(place)
  const found = await verifyBranch(clone, options)
  const lacksHead = found.changes.some((change) => change.state === 'proven' && change.landed === 'head-missing')
  const first = lacksHead && (await clone.fetchProposed()) ? await verifyBranch(clone, options) : found
  const isStale =
    first.changes.some((change) => change.state !== 'proven' && STALE.includes(change.reason)) ||
    first.tags.some((tag) => tag.state === 'broken' && STALE.includes(tag.reason))
  if (!isStale || !(await clone.refresh())) return withNotes(first, clone)
  clone.notes.push('Brought refs/postern/* of this clone up to date from origin; they had only grown.')
  return withNotes(await verifyBranch(clone, options), clone)
}

/** Of a pushed commit nothing tells that a seal stands beside it, whatever else it says, or seems to say, of itself. */
const STALE: readonly SealErrorCode[] = [
  'statement-missing',
  'signer-unknown',
  'no-seal',
  'commit-malformed',
  'trailers-malformed',
  'repository-mismatch',
  'ref-mismatch',
  'statement-reused',
  'foreign-signature',
  'several-signatures',
  'not-canonical',
]

function withNotes(report: Judged, { notes }: Clone): Judged {
  return { ...report, notes: [...notes, ...report.notes] }
}

function parse(args: readonly string[]): 'help' | { place: string; options: VerifyOptions } {
  const { values, positionals } = parseOrUsage(args)
  if (values.help) return 'help'
  const [place, ...more] = positionals
  if (place === undefined || more.length > 0) throw usage('name one folder or URL')
  if (values.trust?.some((fingerprint) => !/^SHA256:[A-Za-z0-9+/]{43}$/.test(fingerprint))) {
    throw usage('--trust takes a fingerprint, SHA256: and 43 characters')
  }
  if (values.origin !== undefined && originOf(values.origin) !== values.origin) {
    throw usage('--origin takes scheme, host and port alone, e.g. https://git.example.com')
  }
  const { ref, trust, since, origin } = values
  // Builds often know their tag by its whole name.
  const tags = values.tag?.map((name) => name.replace(/^refs\/tags\//, ''))
  return { place, options: { ref, trust, since, origin, tags, level: levelOf(values.level) } }
}

function levelOf(text: string | undefined): VerifyOptions['level'] {
  if (text === undefined) return undefined
  if (text === '3') return 3
  if (text === '4') return 4
  throw usage('--level takes 3 or 4')
}

function parseOrUsage(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ref: { type: 'string' },
        trust: { type: 'string', multiple: true },
        since: { type: 'string' },
        origin: { type: 'string' },
        tag: { type: 'string', multiple: true },
        level: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error))
  }
}

function originOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined
}

function usage(message: string): CannotJudge {
  return new CannotJudge('usage', `${message}; see postern verify --help`)
}
