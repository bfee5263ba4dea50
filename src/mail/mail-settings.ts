import { isIP } from 'node:net'

export interface MailSettings {
  server: MailServer
  from: { name: string; address: string }
}

export interface MailServer {
  host: string
  port: number
  /** TLS from the first byte; otherwise STARTTLS where it is offered. */
  isSecure: boolean
  /** On this machine: what is sent leaves it only in the hands of that server. */
  isLocal: boolean
  login: { user: string; password: string } | undefined
}

/**
 * The mail server and sender that the settings name; undefined where none is named.
 * @throws Error in one line that says what to do, never with the URL: a password may stand in it
 */
export function parseMailSettings(given: {
  smtpUrl: string | undefined
  from: string | undefined
}): MailSettings | undefined {
  const { smtpUrl, from } = given
  if (smtpUrl === undefined && from === undefined) return undefined
  if (smtpUrl === undefined) throw new Error('POSTERN_MAIL_FROM is given, but no mail server: add POSTERN_SMTP_URL.')
  if (from === undefined)
    throw new Error('POSTERN_SMTP_URL is given, but no sender: add POSTERN_MAIL_FROM=postern@example.com.')
  return { server: parseServer(smtpUrl), from: parseSender(from) }
}

const example = 'smtps://user:password@mail.example.com:465'

function parseServer(text: string): MailServer {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text) || /[\s\p{C}]/u.test(text))
    throw new Error(
      `POSTERN_SMTP_URL must look like ${example}, with signs such as / @ : # in the password written as %2F %40 %3A %23.`,
    )
  const url = new URL(text)
  if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw new Error(`POSTERN_SMTP_URL must be server and port alone: ${example}.`)
  const [user, password] = [decode(url.username), decode(url.password)]
  if ((user === '') !== (password === ''))
    throw new Error('POSTERN_SMTP_URL needs both a user and a password, or none.')
  const isSecure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return {
    host,
    port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    isLocal: host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')),
    login: user === '' ? undefined : { user, password },
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Error('POSTERN_SMTP_URL: a % in user or password must be written as %25.')
  }
}

/** One address of RFC 5322 without its old forms: no quotes, comments, groups or lists. */
export const isPlainAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s\p{C}@<>()[\]\\,;:"]{1,64}@[^\s\p{C}@<>()[\]\\,;:"]+$/u.test(text)

function parseSender(text: string): MailSettings['from'] {
  const [, name, inBrackets] = /^([^<>"\p{C}]{1,100}?)\s*<([^<>]+)>$/u.exec(text) ?? []
  const address = inBrackets ?? text
  if (!isPlainAddress(address))
    throw new Error(
      'POSTERN_MAIL_FROM must be an address such as postern@example.com or Postern <postern@example.com>.',
    )
  return { name: name ?? 'Postern', address }
}
