import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { FactRow, SensitiveAct } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import { conflict } from '../http/problem.ts'
import { strengthWords } from '../policy/words.ts'
import { type Application, findApplicationBySlug } from './application.ts'
import type { ApplicationKind, ApplicationKinds } from './application-kind.ts'
import { audienceWords } from './audience-words.ts'
import { readAudience, slugTaken } from './changing.ts'
import { checkLaunchUrl } from './launch-url.ts'
import { readSettings } from './read-settings.ts'
import type { ApplicationChanges, NewApplication } from './shapes.ts'
import { getApplication, hasSecret, kindOf } from './views.ts'

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const least = (strength: Application['strength']): string => strengthWords[strength ?? 'passkey']

/** The groups themselves: a name can be given again while somebody taps. */
const openTo = (groupIds: readonly Id<'grp'>[]): ReturnType<typeof actSubject>[] =>
  groupIds.length === 0 ? [] : [actSubject('open-to', groupIds.toSorted().join('\n'))]

/** What an administrator reads before they tap: everything that decides who gets in, and where people are led. */
export function applicationActs(
  { read: db }: Pick<Database, 'read'>,
  kinds: ApplicationKinds,
): Record<'add' | 'change' | 'end' | 'rotate', SensitiveAct> {
  const find = (request: FastifyRequest) => getApplication(db, (request.params as { slug: string }).slug)
  return {
    add: {
      name: 'application.change',
      async describe(request) {
        const wanted = request.body as NewApplication
        const { slug, name, description, launchUrl, audience, groups, strength } = wanted
        const kind = kindOf(kinds, wanted.kind)
        if ((await findApplicationBySlug(db, slug)) !== undefined) throw slugTaken(slug)
        checkLaunchUrl(launchUrl)
        const groupIds = await readAudience(db, audience, groups)
        const own = await kind.describe(db, readSettings(kind, wanted.settings), null)
        return {
          title: `Set up “${name}”`,
          rows: [
            text('Name', name),
            text('Short name', slug),
            ...(description === '' ? [] : [text('In a few words', description)]),
            text('How it learns who came', kind.title),
            text('Open to', audienceWords(audience, groups)),
            text('It takes at least', least(strength)),
            ...(launchUrl === null ? [] : [text('Home leads to', launchUrl)]),
            ...own.rows,
          ],
          warnings: own.warnings,
          subjects: openTo(groupIds),
        }
      },
    },
    change: {
      name: 'application.change',
      async describe(request) {
        const application = await find(request)
        const kind = kindOf(kinds, application.kind)
        await refuseKeptElsewhere(db, kind, application)
        const { name, description, launchUrl, audience, groups, strength, settings } =
          request.body as ApplicationChanges
        checkLaunchUrl(launchUrl)
        const isAudienceSaid = audience !== undefined || groups !== undefined
        const then = audience ?? application.audience
        const groupIds = isAudienceSaid ? await readAudience(db, then, groups ?? []) : []
        const own =
          settings === undefined
            ? { rows: [], warnings: [] }
            : await kind.describe(db, readSettings(kind, settings), application)
        return {
          title: `Change “${application.name}”`,
          rows: [
            text('Application', application.name),
            ...(name === undefined ? [] : [text('Its name becomes', name)]),
            ...(description === undefined ? [] : [text('Its description becomes', description || 'nothing')]),
            ...(isAudienceSaid ? [text('Open to', audienceWords(then, groups ?? []))] : []),
            ...(strength === undefined ? [] : [text('It takes at least', least(strength))]),
            ...(launchUrl === undefined ? [] : [text('Home leads to', launchUrl ?? 'nowhere of its own')]),
            ...own.rows,
          ],
          warnings: own.warnings,
          subjects: [actSubject('application', application.id), ...openTo(groupIds)],
        }
      },
    },
    rotate: {
      name: 'application.change',
      async describe(request) {
        const application = await find(request)
        const kind = kindOf(kinds, application.kind)
        await refuseKeptElsewhere(db, kind, application)
        if (!(await hasSecret(db, kind, application)))
          throw conflict('no-secret', `${application.name} has no secret that could be made anew.`, {
            help: 'It works without one.',
          })
        return {
          title: `Make a new secret for “${application.name}”`,
          rows: [text('Application', application.name), text('The secret of now', 'works on for a day')],
          subjects: [actSubject('application', application.id)],
        }
      },
    },
    end: {
      name: 'application.change',
      async describe(request) {
        const application = await find(request)
        await refuseKeptElsewhere(db, kindOf(kinds, application.kind), application)
        return {
          title: `End “${application.name}”`,
          rows: [
            text('Application', application.name),
            text('From then on', 'nobody is let in, and what is open there ends'),
          ],
          warnings: ['What people have in the tool itself stays there: it is not ours to delete.'],
          subjects: [actSubject('application', application.id)],
        }
      },
    },
  }
}

/** @throws 409 with the kind's own sentence */
export async function refuseKeptElsewhere(
  db: Parameters<ApplicationKind['view']>[0],
  kind: ApplicationKind,
  application: Application,
): Promise<void> {
  const sentence = (await kind.keptElsewhere?.(db, [application]))?.get(application.id)
  if (sentence !== undefined)
    throw conflict('kept-elsewhere', `${application.name} cannot be changed here.`, { help: sentence })
}
