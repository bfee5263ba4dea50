import { invalid } from '../http/problem.ts'
import { type Outbound, OutboundError } from '../outbound/outbound.ts'
import { type NoteKey, parseNoteKey, renderNoteKey } from '../protocols/tlog/note.ts'
import type { NewWitness } from './shapes.ts'

export interface ParsedWitness {
  /** As it is kept. */
  key: string
  noteKey: NoteKey
  /** `/add-checkpoint` stands below it. */
  url: string
}

/** Its name is shown to people: nothing that looks like something else. */
const plainName = /^[!-*,-~]{1,200}$/

/** @throws a problem about the `key` or the `url` */
export function parseWitness(outbound: Pick<Outbound, 'checkUrl'>, { key, url }: NewWitness): ParsedWitness {
  const noteKey = parseNoteKey(key, 4)
  if (noteKey === undefined)
    throw invalid(
      'key',
      parseNoteKey(key) === undefined
        ? 'This is no key of a witness. It is one line, name+id+key, which whoever runs the witness gives you.'
        : 'This is the key of a log. A witness has one of its own, for cosignatures.',
    )
  if (!plainName.test(noteKey.name)) throw invalid('key', 'The name in a key is up to 200 plain ASCII characters.')
  try {
    const checked = outbound.checkUrl(url.trim())
    if (checked.search !== '') throw invalid('url', 'The address of a witness has nothing behind a question mark.')
    return { key: renderNoteKey(noteKey, 4), noteKey, url: checked.href.replace(/(?:\/add-checkpoint)?\/*$/, '') }
  } catch (error) {
    if (error instanceof OutboundError) throw invalid('url', error.message)
    throw error
  }
}
