import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { NoteKey } from '../../protocols/tlog/note.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { type Output, standard } from '../output.ts'
import { plainLine } from '../plain-text.ts'
import { openCheckpoint, openKey, openWitnessKey, type SignedCheckpoint } from './open-checkpoint.ts'
import { checkExport } from './check-export.ts'
import { checkProof } from './check-proof.ts'
import { readLines } from './read-lines.ts'
import { type LedgerVerdict, renderVerdict } from './verdict.ts'
import { renderWatch } from './watch-text.ts'
import { type WatchVerdict, watchLedger } from './watch.ts'

const HELP = `postern ledger verify <export> --key <key> --checkpoint <file> [options]
postern ledger verify-event <proof> --key <key> [options]
postern ledger watch <url> --key <key> --keep <file> [options]

Says whether an export of the ledger is what the instance promised: no event that a checkpoint covers was
changed, left out, put in or moved; or whether one event stands in it. Asks no server for a verdict.
Watching asks the instance itself, as often as you run it: whether its ledger has only grown since the last
time. No event is read, only hashes, so anybody may watch.

  <export>              postern-ledger.ndjson, from Audit, Export, with both days left empty
  <proof>               of one event, from its row in Audit or GET /api/v1/audit/<event>/proof
  --key <key>           of the log, one line, from /ledger/key, or a file that holds it: keep it from the
                        first day on, since a server that rewrites its past could bring another
  --checkpoint <file>   one that you kept before the export was made, from /ledger/checkpoint; a URL is
                        read; give it again for each further one. Of a single event it stands in its proof
  <url>                 of the instance, to watch
  --keep <file>         where watching keeps the last checkpoint; verify takes it as --checkpoint
  --witness <key>       of somebody who cosigns checkpoints, or a file that holds it: watching asks that they
                        have within a day; give it again for each further one
  --quorum <number>     how many of these must have, instead of all
  --json                print the verdict as JSON (docs/formats/ledger.md)
  --help                print this

Exit code 0: every checkpoint holds, and of what each covers nothing was changed. 1: one does not, or another
key signed the new one, and what was found is said; watching says it on the error output, so that cron mails
it where the rest is thrown away. 2: no verdict is possible, as the export begins later, ends before a
checkpoint, or cannot be read, or the server or a witness was not there.
`

/** Runs `postern ledger` and returns its exit code. */
export async function main(args: readonly string[], output: Output = standard): Promise<0 | 1 | 2> {
  const asJson = args.includes('--json')
  // Whoever reads through `head` closes the pipe; the verdict stands in the exit code all the same.
  if (output === standard) process.stdout.once('error', () => undefined)
  try {
    const wanted = parse(args)
    if (wanted === undefined) {
      output.out(HELP)
      return 0
    }
    const verdict = await judge(wanted)
    if (asJson) output.out(`${JSON.stringify(verdict, null, 2)}\n`)
    // Cron mails what is said there, whatever was done with the rest.
    else if ('kept' in verdict && verdict.verdict === 'broken') output.err(renderWatch(verdict))
    else output.out('kept' in verdict ? renderWatch(verdict) : renderVerdict(verdict))
    return verdict.verdict === 'holds' ? 0 : 1
  } catch (error) {
    // Whatever went wrong, it is no verdict: 1 would be one.
    const { code, message } =
      error instanceof CannotJudge ? error : { code: 'export-unreadable', message: (error as Error).message }
    if (asJson)
      output.out(`${JSON.stringify({ version: 1, verdict: 'cannot-judge', error: { code, message } }, null, 2)}\n`)
    else output.err(`postern ledger: cannot judge: ${plainLine(message)} [${code}]\n`)
    return 2
  }
}

type Values = ReturnType<typeof parseOrUsage>['values']

interface Wanted {
  /** Said by whoever asks, never by what is in the file. */
  verb: 'verify' | 'verify-event' | 'watch'
  /** A file, or the address to watch. */
  place: string
  key: string
  values: Values
}

async function judge({ verb, place, key: keyText, values }: Wanted): Promise<LedgerVerdict | WatchVerdict> {
  const key = await openKey(keyText)
  if (verb === 'watch') return watch(place, key, values)
  const kept: SignedCheckpoint[] = []
  for (const each of values.checkpoint ?? []) kept.push(await openCheckpoint(each, key))
  if (verb === 'verify-event') return checkProof(JSON.parse(await readFile(place, 'utf8')), { key, kept })
  if (kept.length === 0) throw usage('name a --checkpoint to compare it with')
  return checkExport(readLines(place), kept)
}

async function watch(url: string, key: NoteKey, values: Values): Promise<WatchVerdict> {
  // Node 20 has no URL.parse.
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol)) throw usage(`${url} is no address of an instance`)
  if (values.keep === undefined) throw usage('name a file to --keep the checkpoint in')
  const witnesses: NoteKey[] = []
  for (const each of values.witness ?? []) witnesses.push(await openWitnessKey(each))
  if (new Set(witnesses.map(({ publicKey }) => publicKey.toString('hex'))).size < witnesses.length)
    throw usage('one --witness is given twice, and would count twice')
  const quorum = values.quorum === undefined ? witnesses.length : Number(values.quorum)
  if (!Number.isInteger(quorum) || quorum < 0 || quorum > witnesses.length)
    throw usage('--quorum takes a number, no more than there are witnesses')
  return watchLedger({ origin: address.origin, key, file: values.keep, witnesses, quorum, now: Date.now() })
}

function parse(args: readonly string[]): Wanted | undefined {
  const { values, positionals } = parseOrUsage(args)
  if (values.help === true) return undefined
  const [verb, place, ...more] = positionals
  if ((verb !== 'verify' && verb !== 'verify-event' && verb !== 'watch') || place === undefined || more.length > 0)
    throw usage('say: postern ledger verify <export>, or postern ledger watch <url>')
  if (values.key === undefined) throw usage('name the --key of the log')
  return { verb, place, key: values.key, values }
}

function parseOrUsage(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        checkpoint: { type: 'string', multiple: true },
        keep: { type: 'string' },
        witness: { type: 'string', multiple: true },
        quorum: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw usage((error as Error).message)
  }
}

const usage = (problem: string): CannotJudge => new CannotJudge('usage', `${problem}. --help says more`)
