import type { ActDescription } from '../http/access.ts'
import type { Asked } from './asked.ts'
import { isDeviceSignOn, learnsOf } from './openid/device-sign-on.ts'
import { scopeWords } from './scopes.ts'
import type { AskedView } from './shapes.ts'

/** What the page shows. */
export const viewAsked = (
  asked: Asked,
  { lifetimeDays, address }: { lifetimeDays: number; address: string },
): AskedView => ({
  program: asked.client.name,
  scopes: asked.scopes,
  learns: learnsOf(asked),
  via: asked.via,
  askedFrom: asked.askedFrom,
  userAgent: asked.userAgent,
  isFromHere: asked.askedFrom === address,
  askedAt: asked.askedAt,
  expiresAt: asked.expiresAt,
  goesBackTo: goesBackTo(asked),
  lifetimeDays,
})

/** What the tap is over. */
export function describeAsked(
  asked: Asked,
  { repositories, lifetimeDays, address }: { repositories: string[] | null; lifetimeDays: number; address: string },
): ActDescription {
  const { client, scopes, via, askedFrom } = asked
  const warnings = [
    ...(via === 'device'
      ? ['The program runs on another device. Tap only if you started it there yourself, a moment ago.']
      : []),
    ...(askedFrom === address ? [] : [`It asks from another address than yours: ${askedFrom}.`]),
  ]
  if (isDeviceSignOn(asked))
    return {
      title: `Sign in to ${client.name} on another device`,
      rows: [
        { label: 'It learns', value: 'who you are', kind: 'text' },
        { label: 'For', value: 'as long as you stay signed in here', kind: 'text' },
        { label: 'Asks from', value: askedFrom, kind: 'text' },
      ],
      warnings: [...(asked.application.settings.isThirdParty ? ['It is not your organisation’s.'] : []), ...warnings],
    }
  return {
    title: `Let ${client.name} in as yourself`,
    rows: [
      { label: 'May', value: scopes.map((scope) => scopeWords[scope]).join(', '), kind: 'text' },
      { label: 'Repositories', value: repositories?.join(', ') ?? 'all that you reach', kind: 'text' },
      { label: 'For', value: `${lifetimeDays} days at most`, kind: 'text' },
      { label: 'Asks from', value: askedFrom, kind: 'text' },
      {
        label: 'Runs on',
        value: via === 'device' ? 'another device' : `this computer, at ${goesBackTo(asked) ?? ''}`,
        kind: 'text',
      },
    ],
    warnings,
  }
}

const goesBackTo = ({ redirectUri }: Asked): string | null =>
  redirectUri === null ? null : (URL.parse(redirectUri)?.host ?? '')
