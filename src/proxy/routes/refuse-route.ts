import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict, ProblemError } from '../../http/problem.ts'
import type { RouteSettings } from '../route-settings.ts'
import { checkRoute, type RouteSurroundings } from './check-route.ts'
import { readKnownNames } from './known-names.ts'
import type { RouteForm } from './route-form.ts'

export interface SoundRoute {
  host: string
  settings: RouteSettings
  warnings: string[]
}

/**
 * A route that can be, as it is kept. @throws 422 naming each field that cannot; 409 where another tool has the host
 * @param own whose host it may be already
 */
export async function refuseBadRoute(
  db: Db<'proxyRoute' | 'userGroup' | 'connector'>,
  { host: written, ...settings }: RouteForm,
  { own, ...surroundings }: Omit<RouteSurroundings, 'groups' | 'connectors'> & { own: Id<'app'> | null },
): Promise<SoundRoute> {
  const { host, problems, warnings } = checkRoute(
    { host: written, settings },
    { ...surroundings, ...(await readKnownNames(db)) },
  )
  const [first] = problems
  if (first !== undefined)
    throw new ProblemError(422, 'invalid-input', first.message, {
      fields: Object.fromEntries(
        problems.toReversed().map(({ path, message }) => [`settings.${path.join('.')}`, message]),
      ),
    })
  const taken = await db.selectFrom('proxyRoute').select('applicationId').where('host', '=', host).executeTakeFirst()
  if (taken !== undefined && taken.applicationId !== own) throw hostTaken(host)
  return { host, settings, warnings: warnings.map(({ message }) => message) }
}

export const hostTaken = (host: string): ProblemError =>
  conflict('host-taken', `Another tool already answers at ${host}.`, {
    help: 'Choose another host, or change that tool first.',
    fields: { 'settings.host': `Another tool already answers at ${host}.` },
  })
