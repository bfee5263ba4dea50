import type { Application } from '../../applications/application.ts'
import type { ApplicationKind, CopyValue } from '../../applications/application-kind.ts'
import type { Db } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import type { FactRow } from '../../http/access.ts'
import { conflict, notFound } from '../../http/problem.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { acrOf, amrOf } from '../../policy/strength.ts'
import { mountPath } from '../provider-settings.ts'
import { checkSettings } from './check-settings.ts'
import { readClaims } from './claims.ts'
import { type FullSettings, OpenidSettings, withDefaults } from './client-settings.ts'
import { newClientSecret, overlapMs } from './client-secret.ts'
import { findRow, readSettings } from './find-client.ts'
import { endSignOnsOf } from './sign-on-grants.ts'

/** Applications that ask by OpenID Connect, for the routes of `applications/`. */
export function createOpenidKind(parts: {
  origin: string
  outbound: Pick<Outbound, 'checkUrl'>
  now: () => number
}): ApplicationKind<OpenidSettings> {
  const { origin, outbound, now } = parts
  const issuer = `${origin}${mountPath}`

  return {
    kind: 'openid',
    title: 'OpenID Connect',
    settingsSchema: OpenidSettings,
    settingWords,

    async describe(_db, given) {
      const settings = withDefaults(given)
      checkSettings(settings, { outbound })
      return { rows: rowsOf(settings), warnings: warningsOf(settings) }
    },

    async create(tx, { id }, given, at) {
      const settings = withDefaults(given)
      checkSettings(settings, { outbound })
      const made = settings.keepsSecret ? newClientSecret() : null
      await tx
        .insertInto('openidClient')
        .values({
          applicationId: id,
          secretHash: made?.secretHash ?? null,
          formerHash: null,
          formerUntil: null,
          settings: JSON.stringify(settings),
          changedAt: at,
        })
        .execute()
      return made === null ? [] : [secretValue(made.secret)]
    },

    async change(tx, { id }, given, at) {
      const settings = withDefaults(given)
      checkSettings(settings, { outbound })
      const former = readSettings(await getRow(tx, id))
      if (former.keepsSecret !== settings.keepsSecret)
        throw conflict('other-client', 'Whether it keeps a secret is decided when an application is set up.', {
          help: 'Set up another one, and end this one.',
        })
      await tx
        .updateTable('openidClient')
        .set({ settings: JSON.stringify(settings), changedAt: at })
        .where('applicationId', '=', id)
        .execute()
      // Nobody was asked yet whether somebody else may know who they are, or what they belong to.
      const learnsGroups = settings.groups !== 'none' && settings.groups !== former.groups
      const isAskedAnew = settings.isThirdParty && (!former.isThirdParty || learnsGroups)
      // A device that was let in by a code holds the same sign-on as its person’s browser.
      const takesNoDevices = former.deviceFlow && !settings.deviceFlow
      if (isAskedAnew || takesNoDevices) await endSignOnsOf(tx, id, at)
    },

    view: async (db, { id }) => readSettings(await getRow(db, id)),

    values: async (_db, application) => [
      ...(application === null ? [] : [{ name: 'clientId', label: 'Client ID', value: application.id }]),
      { name: 'issuer', label: 'Issuer', value: issuer },
      { name: 'discovery', label: 'Discovery', value: `${issuer}/.well-known/openid-configuration` },
      { name: 'authorization', label: 'Authorization endpoint', value: `${issuer}/auth` },
      { name: 'token', label: 'Token endpoint', value: `${issuer}/token` },
      { name: 'userinfo', label: 'Userinfo endpoint', value: `${issuer}/userinfo` },
      { name: 'jwks', label: 'Keys (JWKS)', value: `${issuer}/jwks` },
      { name: 'endSession', label: 'Sign-out endpoint', value: `${issuer}/session/end` },
    ],

    end: (tx, { id }, at) => endSignOnsOf(tx, id, at),

    async preview(db, application, person) {
      const settings = readSettings(await getRow(db, application.id))
      const claims = await readClaims(db, { application, settings }, { userId: person.id, at: now() })
      if (claims === undefined) return []
      const acr = acrOf(person.strength)
      return [
        ...Object.entries(claims).map(([name, value]) => ({
          name,
          value: Array.isArray(value) ? value : String(value),
        })),
        ...(acr === null ? [] : [{ name: 'acr', value: acr }]),
        { name: 'amr', value: amrOf(person.strength, person.by.key) },
        { name: 'auth_time', value: String(Math.floor(person.authenticatedAt / 1000)) },
      ]
    },

    hasSecret: async (db, { id }) => (await getRow(db, id)).secretHash !== null,

    async rotateSecret(tx, { id }, at) {
      const row = await getRow(tx, id)
      if (row.secretHash === null)
        throw conflict('no-secret', 'This application keeps no secret.', { help: 'It works without one.' })
      const { secret, secretHash } = newClientSecret()
      await tx
        .updateTable('openidClient')
        .set({ secretHash, formerHash: row.secretHash, formerUntil: at + overlapMs, changedAt: at })
        .where('applicationId', '=', id)
        .execute()
      return [secretValue(secret)]
    },

    // Most tools begin their sign-in by themselves when somebody opens their first page.
    async launchUrls(db, applications) {
      const rows = await Promise.all(applications.map(async ({ id }) => [id, await findRow(db, id)] as const))
      return new Map(
        rows.flatMap(([id, row]) => {
          const origin = row && webOrigin(readSettings(row))
          return origin === undefined ? [] : [[id, `${origin}/`]]
        }),
      )
    },
  }
}

const settingWords: Partial<Record<keyof OpenidSettings, string>> = {
  redirectUris: 'redirect URIs',
  postLogoutRedirectUris: 'where it sends people after it signed them out',
  backchannelLogoutUri: 'back-channel logout URI',
  pkce: 'PKCE',
  isThirdParty: 'belongs to somebody else',
  groups: 'groups it is told of',
  refreshTokens: 'renews without the browser',
  idTokenAlgorithm: 'identity tokens signed with',
  deviceFlow: 'signs devices on by a code',
}

const secretValue = (value: string): CopyValue => ({ name: 'clientSecret', label: 'Client secret', value })

async function getRow(db: Db<TableName>, id: Application['id']) {
  const row = await findRow(db, id)
  if (row === undefined) throw notFound('This application')
  return row
}

const webOrigin = ({ redirectUris }: FullSettings): string | undefined =>
  redirectUris.map((uri) => URL.parse(uri)).find((url) => url?.protocol === 'https:' || url?.protocol === 'http:')
    ?.origin

const rowsOf = (settings: FullSettings): FactRow[] => [
  { label: 'Signs in at', value: settings.redirectUris.join(', '), kind: 'text' },
  ...(settings.postLogoutRedirectUris.length === 0
    ? []
    : [{ label: 'After sign-out', value: settings.postLogoutRedirectUris.join(', '), kind: 'text' as const }]),
  {
    label: 'Told of sign-outs',
    value: settings.backchannelLogoutUri ?? 'no: its own session goes on until it ends by itself',
    kind: 'text',
  },
  ...(settings.deviceFlow
    ? [{ label: 'Devices', value: 'can be signed on by a code that people type here', kind: 'text' as const }]
    : []),
  { label: 'Learns', value: `name, address and user name${groupWords[settings.groups]}`, kind: 'text' },
]

const groupWords: Record<FullSettings['groups'], string> = {
  none: '',
  all: ', and all groups somebody is in',
  audience: ', and the groups it is open to',
}

const warningsOf = ({ isThirdParty, pkce, backchannelLogoutUri, deviceFlow }: FullSettings): string[] => [
  ...(isThirdParty ? ['It is somebody else’s: people are asked before it learns who they are.'] : []),
  ...(pkce === 'optional' ? ['It may leave out PKCE, which keeps a stolen code from being used elsewhere.'] : []),
  ...(deviceFlow ? ['By a code, whoever talks somebody into typing theirs comes in as them.'] : []),
  ...(backchannelLogoutUri === null ? ['It is not told when somebody’s access ends.'] : []),
]
