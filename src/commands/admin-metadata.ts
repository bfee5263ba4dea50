import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { dayOf } from '../attestation/import-metadata.ts'
import { MAX_BLOB_BYTES } from '../protocols/webauthn/metadata-blob.ts'
import { askOrOpen } from './admin-ask.ts'
import { readArgs } from './admin-place.ts'
import type { AdminAnswers } from './admin-socket.ts'
import { CommandError } from './say.ts'

/** `postern admin metadata …`: through the running server, or with the data folder locked where none runs. */
export async function adminMetadata([command, ...args]: string[]): Promise<number> {
  if (command === 'import') return importFile(args)
  if (command === 'show') return show(args)
  throw new CommandError('say what to do: metadata import FILE, or metadata show.')
}

async function importFile([file, ...args]: string[]): Promise<number> {
  if (file === undefined || file.startsWith('--')) throw new CommandError('say which file: metadata import FILE')
  const { flags, config } = readArgs(args, { root: { type: 'string' } })
  const root = typeof flags['root'] === 'string' ? readText(flags['root']) : undefined
  const blob = readText(file)
  const imported = await askOrOpen(config, {
    command: 'metadata-import',
    blob,
    source: basename(file),
    ...(root === undefined ? {} : { root }),
  })
  const { outcome, number, models, nextUpdate, isOverdue } = imported
  const told =
    outcome === 'unchanged'
      ? `FIDO metadata number ${number} is in force already. Nothing was changed.\n`
      : `FIDO metadata number ${number} is in force: ${models} models. The next one is due on ${dayOf(nextUpdate)}.\n`
  say(flags, imported, `${told}${isOverdue ? overdue : ''}`)
  return 0
}

async function show(args: string[]): Promise<number> {
  const { flags, config } = readArgs(args, {})
  const shown = await askOrOpen(config, { command: 'metadata-show' })
  say(flags, shown, inWords(shown))
  return 0
}

const overdue = 'A newer one was due by now: what has happened since is not known here. Get it from FIDO.\n'

function inWords({ inForce, refusedStatuses }: AdminAnswers['metadata-show']): string {
  if (inForce === null) return 'No FIDO metadata was imported yet.\n'
  const { number, models, source, importedAt, nextUpdate, isOverdue } = inForce
  return (
    `FIDO metadata number ${number}: ${models} models, imported on ${dayOf(importedAt)} from ${source}.\n` +
    `The next one is due on ${dayOf(nextUpdate)}.\n${isOverdue ? overdue : ''}` +
    `Models are refused for: ${refusedStatuses.join(', ') || 'nothing'}.\n`
  )
}

function readText(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new CommandError(`${file} does not exist.`)
  if (size > MAX_BLOB_BYTES) throw new CommandError(`${file} is larger than 20 MB: it is no FIDO metadata.`)
  return readFileSync(file, 'utf8')
}

const say = (flags: Record<string, unknown>, answer: unknown, words: string): void =>
  void process.stdout.write(flags['json'] === true ? `${JSON.stringify(answer)}\n` : words)
