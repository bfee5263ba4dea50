import { createRequire } from 'node:module'
import type { Node } from '@xmldom/xmldom'
import { unwritable } from './canonical-xml.ts'
import { SamlError } from './saml-error.ts'

export interface ParsedElement {
  namespace: string
  name: string
  /** Those without a prefix. */
  attributes: ReadonlyMap<string, string>
  children: readonly ParsedElement[]
  /** What stands directly in it, without white space around it. */
  text: string
}

export interface XmlLimits {
  maxLength: number
  maxTags: number
  /** Comments are skipped; a request has none to bring, and a name could be cut by one. */
  mayComment?: boolean
}

const maxDepth = 30

/**
 * Reads a document that anybody may have sent. No declarations, so no entities, and nothing is ever fetched; what is too
 * large is refused before it is read. @throws SamlError
 */
export function parseXml(text: string, { maxLength, maxTags, mayComment = false }: XmlLimits): ParsedElement {
  if (text.length > maxLength) throw new SamlError('too-large', `${text.length} characters`)
  const source = mayComment ? text.replaceAll(/<!--(?:(?!--)[^])*-->/g, '') : text
  const inside = source.replace(/^\uFEFF?\s*<\?xml\s[^>]*\?>/, '')
  if (/<[!?]/.test(inside)) throw new SamlError('doctype', 'a declaration, a comment or an instruction')
  if (inside.split('<').length > maxTags * 2) throw new SamlError('too-large', 'too many tags')
  return asElement(parse(inside.trim()), 0)
}

type Library = typeof import('@xmldom/xmldom')

// Where nobody signs on by SAML, nothing reads XML.
const load = (): Library => createRequire(import.meta.url)('@xmldom/xmldom') as Library

function parse(source: string): Node {
  const { DOMParser } = load()
  try {
    const root = new DOMParser({
      locator: false,
      // The library's own way takes line separators of XML 1.1 for line ends.
      normalizeLineEndings: (lines: string) => lines.replaceAll(/\r\n?/g, '\n'),
      onError: (_level: string, message: string) => {
        throw new Error(message)
      },
    }).parseFromString(source, 'text/xml').documentElement
    if (root !== null) return root
  } catch (cause) {
    throw new SamlError('malformed', 'this is no XML', { cause })
  }
  throw new SamlError('malformed', 'there is no element')
}

const elementNode = 1
const textNodes = new Set([3, 4])

function asElement(node: Node, depth: number): ParsedElement {
  if (depth > maxDepth) throw new SamlError('too-large', 'elements stand too deep in each other')
  const { attributes = [] } = node as { attributes?: Iterable<{ name: string; value: string }> }
  const nodes = [...node.childNodes]
  const text = nodes
    .filter(({ nodeType }) => textNodes.has(nodeType))
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('')
  // The library takes a reference to any character, also to those that XML has not.
  if ([text, ...[...attributes].map(({ value }) => value)].some((value) => unwritable.test(value)))
    throw new SamlError('malformed', 'a character that XML has not')
  return {
    namespace: node.namespaceURI ?? '',
    name: node.localName ?? '',
    attributes: new Map(
      [...attributes].filter(({ name }) => !name.includes(':')).map(({ name, value }) => [name, value]),
    ),
    children: nodes.filter(({ nodeType }) => nodeType === elementNode).map((child) => asElement(child, depth + 1)),
    text: text.trim(),
  }
}

/** The children of this name. */
export const childrenOf = (parent: ParsedElement, namespace: string, name: string): ParsedElement[] =>
  parent.children.filter((child) => child.namespace === namespace && child.name === name)

/** The only child of this name; undefined where there is none. @throws SamlError where there are several */
export function childOf(parent: ParsedElement, namespace: string, name: string): ParsedElement | undefined {
  const [found, ...others] = childrenOf(parent, namespace, name)
  if (others.length > 0) throw new SamlError('malformed', `${name} stands there ${others.length + 1} times`)
  return found
}
