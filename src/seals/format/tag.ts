import { createHash } from 'node:crypto'
import { type Ident, renderIdent, TRAILER_LINE } from './commit.ts'
import { cleanBody, cleanSubject, looksLikeTrailer } from './message-text.ts'
import { SealError } from './seal-error.ts'
import { DIGEST, OPAQUE_ID, type Statement, TAG_REF } from './statement.ts'

/** The annotated tag that a tap will make. Names and texts may hold anything: rendering cleans them. */
export interface TagTemplate {
  /** The commit that is tagged. */
  object: string
  /** The signer; the mail must be the signer's principal. */
  tagger: Ident
  subject: string
  body: string
}

export interface TagTrailers {
  repository: string
  /** Full name of the tag; what stands behind `refs/tags/` is also the name in the object. */
  ref: string
  /** `sha256:<hex>` */
  statement: string
}

/** What the trailers of the tag say. Throws SealError `action-mismatch` for any other statement. */
export function tagTrailersFor({ predicate }: Statement, digest: string): TagTrailers {
  const { action, repository, targetRef } = predicate
  if (action !== 'tag' || !repository || !targetRef) throw new SealError('action-mismatch', `${action} makes no tag`)
  return { repository: repository.id, ref: targetRef, statement: digest }
}

const OID = /^[0-9a-f]{40}$/
/** Of the whole object. Whoever reads others' tags need not read what is larger: no tap made it. */
export const MAX_TAG_BYTES: number = 128 * 1024

/**
 * The unsigned bytes of the tag: what the tap signs. One template and one set of trailers always give the same bytes.
 * Throws SealError `template-invalid` for what cannot be cleaned: object ids, dates, offsets.
 */
export function renderTag({ object, tagger, subject, body }: TagTemplate, trailers: TagTrailers): Buffer {
  if (!OID.test(object)) throw new SealError('template-invalid', 'not an object id')
  const name = tagName(trailers.ref)
  const headers = [`object ${object}`, 'type commit', `tag ${name}`, `tagger ${renderIdent(tagger)}`]
  const message = tagMessage({ subject, body }, name)
  return Buffer.from(`${headers.join('\n')}\n\n${message}\n\n${renderTrailers(trailers)}`)
}

/** What people will read in a tag of this name, without its trailers. */
export function tagMessage({ subject, body }: Pick<TagTemplate, 'subject' | 'body'>, name: string): string {
  // A release of something called like our trailers is no trailer.
  const fallback = looksLikeTrailer(name) ? `Tag ${name}` : name
  return [cleanSubject(subject, fallback), cleanBody(body)].filter(Boolean).map(withoutSignatures).join('\n\n')
}

/** The object to write: with the signature at its end where there is one, as `git tag -s` leaves it. */
export function sealedTag(unsigned: Buffer, armored: string | null): Buffer {
  return armored === null ? unsigned : Buffer.concat([unsigned, Buffer.from(armored)])
}

/** The object id of these tag bytes in a SHA-1 repository. */
export function tagOid(tag: Buffer): string {
  return createHash('sha1').update(`tag ${tag.length}\0`).update(tag).digest('hex')
}

/** Git takes the last line of this kind for where the signature begins, and what follows for no part of the message. */
function withoutSignatures(text: string): string {
  return text.replace(/-----(?=BEGIN (?:PGP|SSH|SIGNED) )/g, '- - -')
}

const tagName = (ref: string): string => ref.slice('refs/tags/'.length)

function renderTrailers(trailers: TagTrailers): string {
  const block = `Postern-Repository: ${trailers.repository}\nPostern-Ref: ${trailers.ref}\nPostern-Statement: ${trailers.statement}\n`
  if (!readBlock(block)) throw new SealError('template-invalid', 'a trailer holds what no verifier would read')
  return block
}

const BLOCK = /^Postern-Repository: ([^\n]*)\nPostern-Ref: ([^\n]*)\nPostern-Statement: ([^\n]*)\n$/

function readBlock(text: string): TagTrailers | undefined {
  const [, repository = '', ref = '', statement = ''] = BLOCK.exec(text) ?? []
  if (!OPAQUE_ID.test(repository) || !TAG_REF.test(ref) || !DIGEST.test(statement)) return undefined
  return { repository, ref, statement }
}

export interface ParsedTag {
  /** The commit that is tagged. */
  object: string
  name: string
  /** `Name <mail>`, without the date. */
  tagger: string
  /** Seconds since 1970. */
  taggedAt: number
  message: string
}

const TAG =
  /^object ([0-9a-f]{40})\ntype commit\ntag ([^\n]+)\ntagger ([^\n<>]*<[^\n<>]*>) (\d{1,12}) [+-]\d{4}\n\n([\s\S]*)$/

/** Reads the unsigned bytes of a tag of a commit, exactly as `renderTag` writes them. Throws SealError `tag-malformed`. */
export function parseTag(payload: Buffer): ParsedTag {
  const [, object = '', name = '', tagger = '', seconds, message = ''] = TAG.exec(payload.toString()) ?? []
  if (seconds === undefined) throw new SealError('tag-malformed', 'its headers are not those of a sealed tag')
  return { object, name, tagger, taggedAt: Number(seconds), message }
}

/**
 * The trailers of a tag's message; undefined where no line begins like one. They must be the whole last block, in their
 * order, and stand nowhere else. Throws SealError `trailers-malformed`.
 */
export function parseTagTrailers(message: string): TagTrailers | undefined {
  const lines = message.match(TRAILER_LINE)?.length ?? 0
  if (lines === 0) return undefined
  const trailers = readBlock(message.slice(message.lastIndexOf('\n\n') + 2))
  if (!trailers || lines !== 3) throw new SealError('trailers-malformed', 'the trailers are not exactly the last block')
  return trailers
}
