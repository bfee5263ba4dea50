import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type NoteKey, renderNoteKey } from '../../protocols/tlog/note.ts'
import { openKey } from '../ledger/open-checkpoint.ts'
import { type Output, standard } from '../output.ts'
import { listen } from './listen.ts'
import { createWitness } from './witness.ts'
import { loadWitnessKey } from './witness-key.ts'

const HELP = `postern witness --name <name> --log <key> --keep <folder> [options]

Cosigns checkpoints of other people’s ledgers, where each has only grown since the one before: who asks for its
cosignature (postern ledger watch --witness) cannot be shown another ledger than everybody else. It reads no
event, and speaks C2SP tlog-witness, so that it serves other logs too. Run it where the instance’s own
administrators have no say.

  --name <name>      what it is called in its key, such as witness.example.com; at the first start
  --log <key>        of a log that it cosigns, one line, from /ledger/key, or a file that holds it; give it
                     again for each further one
  --keep <folder>    where its own key and what it cosigned last lie: never restore it from a backup,
                     and never run two in one folder
  --listen <place>   host and port (127.0.0.1:7500); put a proxy with TLS before it
  --help             print this

Prints its key, which administrators and watchers are given, and runs until it is stopped.
`

/** Runs `postern witness` until the signal, and returns its exit code. */
export async function main(
  args: readonly string[],
  { output = standard, signal }: { output?: Output; signal?: AbortSignal } = {},
): Promise<0 | 2> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        log: { type: 'string', multiple: true },
        keep: { type: 'string' },
        listen: { type: 'string', default: '127.0.0.1:7500' },
        help: { type: 'boolean' },
      },
    })
    if (values.help === true) {
      output.out(HELP)
      return 0
    }
    const folder = values.keep
    if (folder === undefined) throw new Error('name a folder to --keep its key in')
    const logs: NoteKey[] = []
    for (const each of values.log ?? []) logs.push(await openKey(each, '--log'))
    if (logs.length === 0) throw new Error('name the key of a --log that it cosigns')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const key = await loadWitnessKey(join(folder, 'key'), values.name)
    const warn = (line: string) => output.err(`${line}\n`)
    const witness = createWitness({ key, logs, folder, now: Date.now, warn })
    await using server = await listen(witness, { place: values.listen, warn })
    output.out(`${renderNoteKey(key, 4)}\n`)
    output.err(`Cosigns ${logs.map(({ name }) => name).join(', ')} at ${server.url}/add-checkpoint\n`)
    const stopped = signal ?? stopSignal()
    if (!stopped.aborted) await once(stopped, 'abort')
    return 0
  } catch (error) {
    output.err(`postern witness: ${(error as Error).message}. --help says more\n`)
    return 2
  }
}

function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}
