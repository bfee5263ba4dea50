import { isIP } from 'node:net'
import { domainToUnicode } from 'node:url'
import { invalid } from '../../http/problem.ts'
import { foldDomain } from '../../identity/fold-address.ts'
import { freeMail, sharedSuffixes } from './free-mail.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The domain as it is kept: A-labels (RFC 5890) in lower case, without a dot at its end. Whether it is theirs who give
 * it, only its DNS or its web server can say. @throws 422 with a sentence
 */
export function parseDomainName(given: string): string {
  const name = foldDomain(given.trim())
  const labels = name?.split('.') ?? []
  if (name === undefined || name.length > 230 || !labels.every((part) => label.test(part)) || isIP(name) !== 0)
    throw invalid('name', 'This is not a domain such as example.com.')
  if (labels.length < 2) throw invalid('name', 'A domain has at least two parts, such as example.com.')
  if (/^\d+$/.test(labels.at(-1) ?? '')) throw invalid('name', 'This is not a domain such as example.com.')
  if (freeMail.has(name))
    throw invalid(
      'name',
      `Anybody can get an address at ${name}, so it cannot be the domain of one organisation. Name one that is yours alone.`,
    )
  if (sharedSuffixes.has(name))
    throw invalid(
      'name',
      `Many register names under ${name}, so it cannot be the domain of one organisation. Name one that is yours alone.`,
    )
  return name
}

/** The domain of an address in the form that domains are kept in; undefined where it has none. */
export function domainOfAddress(email: string): string | undefined {
  const at = email.lastIndexOf('@')
  return at < 1 ? undefined : foldDomain(email.slice(at + 1))
}

/** As it may stand in addresses that people typed: both ways to write one name, in lower case. */
export const spellings = (name: string): string[] => [...new Set([name, domainToUnicode(name)])]
