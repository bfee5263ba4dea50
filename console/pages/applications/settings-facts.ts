import type { ApplicationView } from '../../api/shapes.ts'

const groupWords: Record<string, string> = {
  none: 'none',
  audience: 'those that it is open to',
  all: 'all that somebody is in',
}
const nameIdWords: Record<string, string> = {
  username: 'their user name',
  email: 'their e-mail address, once they have confirmed it',
  persistent: 'a pseudonym that no other tool is told',
  transient: 'another pseudonym each time',
}

/** The settings of a tool that somebody looks for when its sign-in does not work. Routes have a part of their own. */
export function settingsFacts({ kind, settings }: Pick<ApplicationView, 'kind' | 'settings'>): [string, string][] {
  const said = settings as Record<string, unknown>
  const list = (name: string): string => (said[name] as string[] | undefined)?.join(' ') ?? ''
  const text = (name: string): string => (said[name] as string | null | undefined) ?? ''
  if (kind === 'openid')
    return [
      ['Signs people in at', list('redirectUris')],
      ['Groups it is told of', groupWords[text('groups')] ?? 'none'],
      ['Told of sign-outs', text('backchannelLogoutUri') || 'no: its own session lasts as long as it decides'],
      ...(said['keepsSecret'] === false
        ? [['Its secret', 'none: it runs where nothing stays secret'] as [string, string]]
        : []),
      ...(said['idTokenAlgorithm'] === 'RS256' ? [['Identity tokens', 'signed with RS256'] as [string, string]] : []),
      ...(said['deviceFlow'] === true
        ? [['Devices', 'sign in by a code that people type here'] as [string, string]]
        : []),
      ...(said['pkce'] === 'optional' ? [['PKCE', 'it may leave it out'] as [string, string]] : []),
    ]
  if (kind === 'saml')
    return [
      ['Entity ID', text('entityId')],
      ['Answers are sent to', list('acsUrls')],
      ['It knows people by', nameIdWords[text('nameId')] ?? 'their user name'],
    ]
  return []
}
