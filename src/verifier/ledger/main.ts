import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { CannotJudge } from '../cannot-judge.ts'
import { type Output, standard } from '../output.ts'
import { plainLine } from '../plain-text.ts'
import { openCheckpoint, openKey, type SignedCheckpoint } from './open-checkpoint.ts'
import { checkExport } from './check-export.ts'
import { checkProof } from './check-proof.ts'
import { readLines } from './read-lines.ts'
import { type LedgerVerdict, renderVerdict } from './verdict.ts'

const HELP = `postern ledger verify <export> --key <key> --checkpoint <file> [options]
postern ledger verify-event <proof> --key <key> [options]

Says whether an export of the ledger is what the instance promised: no event that a checkpoint covers was
changed, left out, put in or moved; or whether one event stands in it. Asks no server for a verdict.

  <export>              postern-ledger.ndjson, from Audit, Export, with both days left empty
  <proof>               of one event, from its row in Audit or GET /api/v1/audit/<event>/proof
  --key <key>           of the log, one line, from /ledger/key, or a file that holds it: keep it from the
                        first day on, since a server that rewrites its past could bring another
  --checkpoint <file>   one that you kept before the export was made, from /ledger/checkpoint; a URL is
                        read; give it again for each further one. Of a single event it stands in its proof
  --json                print the verdict as JSON (docs/formats/ledger.md)
  --help                print this

Exit code 0: every checkpoint holds, and of what each covers nothing was changed. 1: one does not, and what
was found is said. 2: no verdict is possible, as the export begins later, ends before a checkpoint, or cannot
be read.
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
    output.out(asJson ? `${JSON.stringify(verdict, null, 2)}\n` : renderVerdict(verdict))
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

interface Wanted {
  /** Said by whoever asks, never by what is in the file. */
  verb: 'verify' | 'verify-event'
  file: string
  key: string
  checkpoints: string[]
}

async function judge({ verb, file, key: keyText, checkpoints }: Wanted): Promise<LedgerVerdict> {
  const key = await openKey(keyText)
  const kept: SignedCheckpoint[] = []
  for (const place of checkpoints) kept.push(await openCheckpoint(place, key))
  if (verb === 'verify-event') return checkProof(JSON.parse(await readFile(file, 'utf8')), { key, kept })
  if (kept.length === 0) throw usage('name a --checkpoint to compare it with')
  return checkExport(readLines(file), kept)
}

function parse(args: readonly string[]): Wanted | undefined {
  const { values, positionals } = parseOrUsage(args)
  if (values.help === true) return undefined
  const [verb, file, ...more] = positionals
  if ((verb !== 'verify' && verb !== 'verify-event') || file === undefined || more.length > 0)
    throw usage('say: postern ledger verify <export>')
  if (values.key === undefined) throw usage('name the --key of the log')
  return { verb, file, key: values.key, checkpoints: values.checkpoint ?? [] }
}

function parseOrUsage(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        checkpoint: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw usage((error as Error).message)
  }
}

const usage = (problem: string): CannotJudge => new CannotJudge('usage', `${problem}. --help says more`)
