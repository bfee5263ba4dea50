import { domainToASCII } from 'node:url'

/**
 * One spelling for all that name one mailbox: lower case, the domain in A-labels (RFC 5890) without a dot at its end.
 * What stands before the @ is the mail server's own: `ana+x@` and `a.na@` are other addresses than `ana@`.
 */
export function foldAddress(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  return `${fold(email.slice(0, Math.max(at, 0)))}@${foldDomain(domain) ?? fold(domain)}`
}

/** As domains are kept; undefined for what is none. `domainToASCII` also reads `%41` and `0x7f.1`, which no mail server does. */
export function foldDomain(text: string): string | undefined {
  const bare = text.replace(/\.$/, '')
  if (bare === '' || bare.length > 255 || /[^\p{L}\p{N}\p{M}.·\u3002\uff0e\uff61-]/u.test(bare)) return undefined
  return domainToASCII(bare).toLowerCase() || undefined
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase()
