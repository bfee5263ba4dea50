import { X509Certificate } from 'node:crypto'
import type { Application } from '../../applications/application.ts'
import type { ApplicationKind } from '../../applications/application-kind.ts'
import type { Db } from '../../database/handles.ts'
import { orUniqueViolation, UniqueViolation } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { FactRow } from '../../http/access.ts'
import { conflict, notFound, type ProblemError } from '../../http/problem.ts'
import { attributesOf, nameIdOf } from './person-names.ts'
import { readPersonFacts } from './person-facts.ts'
import { answerContext } from './authn-context.ts'
import { checkSettings } from './check-settings.ts'
import { type AttributeRule, type FullSettings, SamlSettings } from './saml-settings.ts'
import { samlPlaces } from './saml-places.ts'
import { findSettings } from './service-providers.ts'
import type { SamlKeys } from './signing-keys.ts'

/** Applications that ask by SAML, for the routes of `applications/`. */
export function createSamlKind({
  origin,
  keys,
  pseudonymKey,
}: {
  origin: string
  keys: SamlKeys
  pseudonymKey: string
}): ApplicationKind<SamlSettings> {
  const places = samlPlaces(origin)
  return {
    kind: 'saml',
    title: 'SAML',
    settingsSchema: SamlSettings,
    settingWords,

    async describe(db, given, application) {
      const settings = checkSettings(given, origin)
      const holder = await db
        .selectFrom('samlServiceProvider')
        .select('applicationId')
        .where('entityId', '=', settings.entityId)
        .executeTakeFirst()
      if (holder !== undefined && holder.applicationId !== application?.id) throw taken(settings.entityId)
      return { rows: rowsOf(settings), warnings: warningsOf(settings) }
    },

    async create(tx, { id }, given, at) {
      const settings = checkSettings(given, origin)
      const row = { applicationId: id, entityId: settings.entityId, settings: JSON.stringify(settings), changedAt: at }
      await refuseTaken(settings, orUniqueViolation(tx.insertInto('samlServiceProvider').values(row).execute()))
      return []
    },

    async change(tx, { id }, given, at) {
      const settings = checkSettings(given, origin)
      const row = { entityId: settings.entityId, settings: JSON.stringify(settings), changedAt: at }
      const update = tx.updateTable('samlServiceProvider').set(row).where('applicationId', '=', id)
      await refuseTaken(settings, orUniqueViolation(update.execute()))
      // What waits was judged by the settings of before. It stays known, so that it cannot come again.
      await tx
        .updateTable('samlRequest')
        .set({ answeredAt: at })
        .where('applicationId', '=', id)
        .where('answeredAt', 'is', null)
        .execute()
    },

    view: (db, { id }) => getSettings(db, id),

    async values(_db, application) {
      const [signing] = await keys.list()
      return [
        { name: 'entityId', label: 'Entity ID of this identity provider', value: places.entityId },
        { name: 'ssoUrl', label: 'Single sign-on address', value: places.ssoUrl },
        { name: 'metadataUrl', label: 'Metadata', value: places.metadataUrl },
        { name: 'certificate', label: 'Certificate', value: signing?.certificate ?? '' },
        ...(application === null
          ? []
          : [{ name: 'startUrl', label: 'Address that opens it', value: places.startUrl(application.slug) }]),
      ]
    },

    async end(tx, { id }) {
      await tx.deleteFrom('samlRequest').where('applicationId', '=', id).execute()
      await tx.deleteFrom('samlServiceProvider').where('applicationId', '=', id).execute()
    },

    async preview(db, application, { id: userId, strength }) {
      const settings = await getSettings(db, application.id)
      const person = await readPersonFacts(db, userId, application)
      const nameId = nameIdOf(person, settings, pseudonymKey)
      const context = answerContext(null, strength)
      return [
        {
          name: 'NameID',
          value: nameId?.value ?? 'nothing: they have shown no address to be theirs, so they get no further',
        },
        { name: 'AuthnContextClassRef', value: context.outcome === 'proven' ? context.context : '' },
        ...attributesOf(person, settings.attributes).map(({ name, values }) => ({
          name,
          value: values.length === 1 ? (values[0] ?? '') : values,
        })),
      ]
    },

    async launchUrls(db, applications) {
      const found = new Map<Id<'app'>, string>()
      for (const { id, slug } of applications)
        if ((await findSettings(db, id))?.allowIdpInitiated === true) found.set(id, places.startUrl(slug))
      return found
    },
  }
}

const settingWords: Partial<Record<keyof SamlSettings, string>> = {
  entityId: 'entity id',
  acsUrls: 'answers go to',
  nameId: 'knows people by',
  requireSignedRequests: 'signs what it asks',
  signResponse: 'whole answer signed',
  allowIdpInitiated: 'can be opened from here',
  defaultRelayState: 'relay state sent along',
}

async function getSettings(db: Db<'samlServiceProvider'>, id: Application['id']): Promise<FullSettings> {
  const settings = await findSettings(db, id)
  if (settings === undefined) throw notFound('This application')
  return settings
}

async function refuseTaken({ entityId }: FullSettings, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (error instanceof UniqueViolation) throw taken(entityId)
    throw error
  }
}

const taken = (entityId: string): ProblemError =>
  conflict('entity-taken', `Another application is ${entityId} already.`, {
    help: 'Change that one, or end it first.',
  })

const nameWords: Record<FullSettings['nameId'], string> = {
  persistent: 'a pseudonym of its own for each person',
  transient: 'another pseudonym each time',
  email: 'their proven address',
  username: 'their user name',
}

const rowsOf = (settings: FullSettings): FactRow[] => [
  row('It calls itself', settings.entityId),
  row('Answers go to', settings.acsUrls.join(', ')),
  row('What is signed', settings.signResponse ? 'who came, and the answer around it' : 'who came'),
  row('It knows people by', nameWords[settings.nameId]),
  row('It is also told', settings.attributes.map(attributeWords).join(', ') || 'nothing'),
  row('Its requests', settings.requireSignedRequests ? 'have to be signed' : 'need no signature'),
  ...(settings.certificate === null
    ? []
    : [
        {
          ...row('Its certificate', new X509Certificate(settings.certificate).fingerprint256),
          kind: 'digest' as const,
        },
      ]),
  row('It begins', settings.allowIdpInitiated ? 'there or here' : 'there alone'),
  ...(settings.defaultRelayState === '' ? [] : [row('Opened from here', `it leads to ${settings.defaultRelayState}`)]),
]

const attributeWords = ({ name, value, constant }: AttributeRule): string =>
  `${name}: ${value === 'constant' ? `“${constant ?? ''}” of everybody` : (groupWords[value] ?? value)}`

const groupWords: Partial<Record<AttributeRule['value'], string>> = {
  groups: 'all their groups',
  audience: 'those of their groups that it is open to',
}

const row = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })

const warningsOf = ({ acsUrls }: FullSettings): string[] => [
  'SAML does not tell it when somebody’s access ends here: what is open there stays open until its own session ends.',
  ...(acsUrls.some((url) => url.startsWith('http:')) ? ['Answers go over plain HTTP, on this machine alone.'] : []),
]
