import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { CannotJudge } from '../cannot-judge.ts'
import { plainLine } from '../plain-text.ts'
import { openCheckpoint, openKey, type SignedCheckpoint } from './open-checkpoint.ts'
import { checkExport } from './check-export.ts'
import { checkProof } from './check-proof.ts'
import type { LedgerVerdict } from './verdict.ts'

const HELP = `postern ledger verify <export> --key <key> --checkpoint <file or URL> [options]

Says whether an export of the ledger is what the instance promised: no event changed, left out, put in
or moved. Asks no server for a verdict; a URL is only read for the checkpoint itself.

  <export>              postern-ledger.ndjson, from Audit, Export, from the first event on;
                        or the proof of one event, from its page or GET /api/v1/audit/<event>/proof
  --key <key>           of the log, one line, from /ledger/key, or a file that holds it: keep it from the
                        first day on, since a server that rewrites its past could bring another
  --checkpoint <file>   one that you kept, or the one of now, https://git.example.com/ledger/checkpoint;
                        give it again for each further one. Of a single event it stands in its proof
  --json                print the verdict as JSON (docs/formats/ledger.md)
  --help                print this

Exit code 0: every checkpoint holds. 1: one does not, and what was found is said.
2: no verdict is possible, as the export begins later, or ends before a checkpoint.
`

interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

const standard: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}

/** Runs `postern ledger` and returns its exit code. */
export async function main(args: readonly string[], output: Output = standard): Promise<0 | 1 | 2> {
  const asJson = args.includes('--json')
  try {
    const wanted = parse(args)
    if (wanted === undefined) {
      output.out(HELP)
      return 0
    }
    const verdict = await judge(wanted)
    output.out(asJson ? `${JSON.stringify(verdict, null, 2)}\n` : render(verdict))
    return verdict.verdict === 'holds' ? 0 : 1
  } catch (error) {
    if (!(error instanceof CannotJudge)) throw error
    const { code, message } = error
    if (asJson)
      output.out(`${JSON.stringify({ version: 1, verdict: 'cannot-judge', error: { code, message } }, null, 2)}\n`)
    else output.err(`postern ledger: cannot judge: ${plainLine(message)} [${code}]\n`)
    return 2
  }
}

interface Wanted {
  file: string
  key: string
  checkpoints: string[]
}

async function judge({ file, key: keyText, checkpoints }: Wanted): Promise<LedgerVerdict> {
  const key = await openKey(keyText)
  const kept: SignedCheckpoint[] = []
  for (const place of checkpoints) kept.push(await openCheckpoint(place, key))
  const single = await readProof(file)
  if (single !== undefined) return checkProof(single, { key, kept })
  if (kept.length === 0) throw usage('name a --checkpoint to compare it with')
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  return checkExport(lines, kept)
}

/** The proof of one event; undefined for what has many lines. */
async function readProof(file: string): Promise<unknown> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  try {
    for await (const line of lines) {
      if (/"(leaf|id)"/.test(line) && !line.includes('"checkpoint"')) return undefined
      break
    }
    const read: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof read === 'object' && read !== null && 'checkpoint' in read ? read : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw new CannotJudge('export-unreadable', `${file} cannot be read: ${(error as Error).message}.`, { cause: error })
  } finally {
    lines.close()
  }
}

function render({ verdict, events, checkpoints, problems }: LedgerVerdict): string {
  const sizes = checkpoints.map(
    ({ size, holds }) => `  ${holds ? 'holds ' : 'BROKEN'}  the checkpoint over ${size.toLocaleString('en')} events\n`,
  )
  const found = problems.map((problem) => `  ${plainLine(problem)}\n`)
  const last =
    verdict === 'holds'
      ? 'Nothing in it was changed, left out or put in.\n'
      : 'This is not the ledger that was promised.\n'
  return [`${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'} read.\n`, ...sizes, ...found, last].join(
    '',
  )
}

function parse(args: readonly string[]): Wanted | undefined {
  const { values, positionals } = parseOrUsage(args)
  if (values.help === true || args.length === 0) return undefined
  const [verb, file, ...more] = positionals
  if (verb !== 'verify' || file === undefined || more.length > 0) throw usage('say: postern ledger verify <export>')
  if (values.key === undefined) throw usage('name the --key of the log')
  return { file, key: values.key, checkpoints: values.checkpoint ?? [] }
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
