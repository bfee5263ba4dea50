import { namespaces } from './names.ts'
import { SamlError } from './saml-error.ts'

export interface XmlElement {
  name: `${keyof typeof namespaces}:${string}`
  /** Without prefix. */
  attributes: Readonly<Record<string, string>>
  children: readonly (XmlElement | string)[]
}

type Given = Readonly<Record<string, string | null>>

/** Attributes that are null are left out. */
export const element = (
  name: XmlElement['name'],
  attributes: Given = {},
  ...children: XmlElement['children']
): XmlElement => ({
  name,
  attributes: Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== null),
  ),
  children,
})

/**
 * The element as Exclusive XML Canonicalization 1.0 writes it: what is sent is what is signed, so that nothing has to be
 * read back to be digested. A prefix is declared where it first is used.
 * @throws SamlError `unwritable` for a character that XML cannot hold
 */
export function renderXml({ name, attributes, children }: XmlElement, declared: readonly string[] = []): string {
  const prefix = name.slice(0, name.indexOf(':')) as keyof typeof namespaces
  const isNew = !declared.includes(prefix)
  const written = [
    ...(isNew ? [` xmlns:${prefix}="${namespaces[prefix]}"`] : []),
    ...Object.keys(attributes)
      .sort()
      .map((key) => ` ${key}="${escapeAttribute(attributes[key] ?? '')}"`),
  ].join('')
  const inside = isNew ? [...declared, prefix] : declared
  const content = children.map((child) => (typeof child === 'string' ? escapeText(child) : renderXml(child, inside)))
  return `<${name}${written}>${content.join('')}</${name}>`
}

/** XML 1.0 §2.2: no other control characters, not even escaped, and no half of a pair. */
export const unwritable = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

// Canonical XML 1.0 §2.3.
const escapeText = (text: string): string =>
  checked(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')

const escapeAttribute = (text: string): string =>
  checked(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')

function checked(text: string): string {
  if (unwritable.test(text)) throw new SamlError('unwritable', 'a value holds a character that XML cannot')
  return text
}
