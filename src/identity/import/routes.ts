import { hash } from 'node:crypto'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { invalid } from '../../http/problem.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import type { Caller } from '../caller.ts'
import type { InvitationParts } from '../invitations/invite.ts'
import type { Ceremonies } from '../registration.ts'
import { importPeople } from './import-people.ts'
import { type PlannedPerson, planImport } from './plan-import.ts'
import { mostBytes, readList } from './read-list.ts'
import { ImportDone, ImportPreview, List } from './shapes.ts'

const mostShown = 300
/** JSON writes some characters as two. */
const bodyLimit = 2 * mostBytes + 1000

/**
 * `import/` brings many people at once, from a list that another system exported. It makes what one by one would be made
 * as well, and keeps no password that no rule permits.
 */
export function importRoutes(
  app: App,
  { ceremonies, queueLetter }: { ceremonies: Ceremonies; queueLetter: InvitationParts['queueLetter'] },
): void {
  const { database, place, policy, now } = ceremonies
  const plan = (list: List, caller: Caller): Promise<PlannedPerson[]> =>
    planImport(database.read, readList(list), { caller, policy: policy.current(), at: now() })

  const act: SensitiveAct = {
    name: 'person.import',
    async describe(request) {
      const list = request.body as List
      const planned = await plan(list, getActor(request))
      const good = planned.filter(({ problems }) => problems.length === 0)
      if (good.length === 0)
        throw invalid('text', 'Nobody in this list can be imported as it stands. Put right what it says of each.')
      return { title: `Import ${people(good.length)}`, rows: rowsOf(list, planned, good) }
    },
  }

  app.post('/api/v1/people/import/preview', {
    config: { access: 'organisation:admin' },
    bodyLimit,
    schema: { body: List, response: { 200: ImportPreview } },
    async handler(request) {
      const planned = await plan(request.body, getActor(request))
      const good = planned.filter(({ problems }) => problems.length === 0)
      const passwords = good.filter((one) => one.hash !== null).length
      return {
        total: planned.length,
        passwords,
        invited: good.length - passwords,
        leftOut: planned.length - good.length,
        byMail: queueLetter !== null,
        rows: planned.sort(byWeight).slice(0, mostShown).map(renderRow),
      }
    },
  })

  app.post('/api/v1/people/import', {
    config: { access: 'organisation:admin', act },
    bodyLimit,
    schema: { body: List, response: { 200: ImportDone } },
    async handler(request) {
      const doing = actOf(request, now)
      const planned = await plan(request.body, doing.caller)
      const { text } = request.body
      return importPeople({ database, origin: place.origin, queueLetter }, doing, { planned, text })
    },
  })
}

const people = (many: number): string => (many === 1 ? 'one person' : `${many} people`)

function rowsOf({ text }: List, planned: readonly PlannedPerson[], good: readonly PlannedPerson[]): FactRow[] {
  const count = (label: string, is: (one: PlannedPerson) => boolean): FactRow[] => {
    const many = good.filter(is).length
    return many === 0 ? [] : [{ label, value: String(many), kind: 'text' }]
  }
  return [
    ...count('Owners', ({ role }) => role === 'owner'),
    ...count('Administrators', ({ role }) => role === 'admin'),
    ...count('Members', ({ role }) => role === 'member'),
    ...count('Guests', ({ role }) => role === 'guest'),
    ...count('Keep their password', (one) => one.hash !== null),
    ...count('Get a link to make a passkey', (one) => one.hash === null),
    ...(planned.length > good.length
      ? [{ label: 'Left out', value: String(planned.length - good.length), kind: 'text' as const }]
      : []),
    { label: 'List', value: `sha256:${hash('sha256', text, 'hex')}`, kind: 'digest' },
  ]
}

const weight = ({ problems, notes }: PlannedPerson): number => (problems.length > 0 ? 0 : notes.length > 0 ? 1 : 2)
const byWeight = (one: PlannedPerson, other: PlannedPerson): number =>
  weight(one) - weight(other) || one.row - other.row

/** Never the hash. */
const renderRow = ({ groups, hash: kept, ...row }: PlannedPerson) => ({
  ...row,
  groups: groups.map(({ name }) => name),
  keepsPassword: kept !== null,
})
