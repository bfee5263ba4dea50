import type { FastifyRequest } from 'fastify'
import type { Db } from '../../database/handles.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import { findRequired } from './change-connections.ts'
import { countHoldings, nothing } from './count-holdings.ts'
import { getConnection } from './list-connections.ts'
import type { ConnectionChanges, Disconnection, NewConnection } from './shapes.ts'
import { listTokensOfLeavers } from './tokens-seen.ts'

type Readable = Db<'directoryConnection' | 'user' | 'userGroup' | 'credentialRecord' | 'groupMember' | 'auditEvent'>

export const kindWords: Record<NewConnection['kind'], string> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  other: 'another directory',
}

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const expires = (days: number | null): FactRow => text('Its token expires', days === null ? 'never' : `in ${days} days`)
const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`)

/** What a person reads before they tap for a change of a connection. */
export function connectionActs(db: Readable): Record<'connect' | 'change' | 'renew' | 'disconnect', SensitiveAct> {
  const rowOf = (request: FastifyRequest) => getConnection(db, (request.params as { id: string }).id)
  return {
    connect: {
      name: 'directory.connect',
      async describe(request) {
        const { name, kind, tokenDays } = request.body as NewConnection
        return {
          title: `Connect the directory “${name}”`,
          rows: [
            text('Name', name),
            text('Kind', kindWords[kind]),
            text('May from then on', 'add people and groups, change those it added, end their access'),
            expires(tokenDays),
          ],
          warnings: ['Whoever has its token decides who comes in here.'],
        }
      },
    },
    change: {
      name: 'directory.change',
      async describe(request) {
        const row = await rowOf(request)
        const { name, kind, requiredGroup } = request.body as ConnectionChanges
        const required = requiredGroup === undefined ? undefined : await findRequired(db, row, requiredGroup)
        const outside = required ? await countOutside(row.id, required) : 0
        return {
          title: `Change the directory “${row.name}”`,
          rows: [
            ...(name === undefined ? [] : [text('Its name becomes', name)]),
            ...(kind === undefined ? [] : [text('Its kind becomes', kindWords[kind])]),
            ...(requiredGroup === undefined ? [] : [text('Group its people must be in', requiredGroup ?? 'none')]),
          ],
          ...(outside === 0
            ? {}
            : {
                warnings: [
                  `${people(outside)} of this directory ${outside === 1 ? 'is' : 'are'} not in that group now. They keep their access until they have joined and left it.`,
                ],
              }),
          subjects: [actSubject('directory', row.id)],
        }
      },
    },
    renew: {
      name: 'directory.change',
      async describe(request) {
        const row = await rowOf(request)
        const { tokenDays } = request.body as Pick<NewConnection, 'tokenDays'>
        const isOfLeaver = (await listTokensOfLeavers(db)).some(({ id }) => id === row.id)
        const then = isOfLeaver ? 'stops at once: somebody knows it who has left' : 'works for one more hour'
        return {
          title: `Make a new token for the directory “${row.name}”`,
          rows: [text('Directory', row.name), text('The token of now', then), expires(tokenDays)],
          subjects: [actSubject('directory', row.id)],
        }
      },
    },
    disconnect: {
      name: 'directory.disconnect',
      async describe(request) {
        const row = await rowOf(request)
        const holds = (await countHoldings(db)).get(row.id) ?? nothing
        const isEnding = (request.body as Disconnection).people === 'end'
        return {
          title: `Disconnect the directory “${row.name}”`,
          rows: [
            text('Its token', 'stops at once'),
            text('People it brought', `${people(holds.people)}: ${isEnding ? 'their access ends' : 'they stay'}`),
            text('Groups it brought', `${holds.groups}: kept by the administrators here from now on`),
          ],
          warnings: [
            isEnding
              ? 'Sessions, tokens, keys and open connections of all of them end, one person after the other.'
              : 'Nothing ends their access any more when it ends in the directory.',
          ],
          subjects: [actSubject('directory', row.id)],
        }
      },
    },
  }

  async function countOutside(connectionId: string, groupId: string): Promise<number> {
    const { count } = await db
      .selectFrom('user')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('managedBy', '=', connectionId)
      .where('state', '=', 'active')
      .where(({ eb, not, exists }) =>
        not(
          exists(
            eb
              .selectFrom('groupMember')
              .select('groupMember.userId')
              .whereRef('groupMember.userId', '=', 'user.id')
              .where('groupMember.groupId', '=', groupId as `grp_${string}`),
          ),
        ),
      )
      .executeTakeFirstOrThrow()
    return count
  }
}
