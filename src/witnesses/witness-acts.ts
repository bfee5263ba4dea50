import type { Db } from '../database/handles.ts'
import type { SensitiveAct } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import { invalid } from '../http/problem.ts'
import { type AskParts, askWitness } from './ask-witness.ts'
import { parseWitness, type ParsedWitness } from './parse-witness.ts'
import type { NewWitness } from './shapes.ts'
import { getWitness } from './witness-rows.ts'
import type { Outbound } from '../outbound/outbound.ts'

type CheckParts = AskParts & { outbound: Pick<Outbound, 'request' | 'checkUrl'> }

/** What an owner reads before they tap. A witness is asked once before that: one that does not work is not added. */
export function witnessActs(parts: CheckParts & { db: Db<'witness'> }): Record<'add' | 'remove', SensitiveAct> {
  return {
    add: {
      name: 'setting.change',
      async describe(request) {
        const witness = parseWitness(parts.outbound, request.body as NewWitness)
        await checkWitness(parts, witness)
        return {
          title: `Have the ledger witnessed by ${witness.noteKey.name}`,
          rows: [
            { label: 'Witness', value: witness.noteKey.name, kind: 'text' },
            { label: 'Key', value: witness.key, kind: 'text' },
            { label: 'It is asked at', value: witness.url, kind: 'text' },
            {
              label: 'It learns',
              value: 'how many events there are, and hashes; nothing of what they say',
              kind: 'text',
            },
          ],
        }
      },
    },
    remove: {
      name: 'setting.change',
      async describe(request) {
        const { id, name, key } = await getWitness(parts.db, (request.params as { id: string }).id)
        return {
          title: `No longer have the ledger witnessed by ${name}`,
          rows: [
            { label: 'Witness', value: name, kind: 'text' },
            { label: 'Key', value: key, kind: 'text' },
          ],
          warnings: ['Whoever watches the ledger and asks for its cosignature finds none from then on.'],
          subjects: [actSubject('witness', id)],
        }
      },
    },
  }
}

/** Asks it to cosign the tree as it stands. @throws a problem about the `url` with what is wrong */
async function checkWitness(parts: AskParts, { noteKey, url }: ParsedWitness): Promise<void> {
  const head = await parts.ledger.signHead()
  const answer = await askWitness(parts, { noteKey, url, older: 0 }, { head })
  if ('problem' in answer) throw invalid('url', answer.problem)
}
