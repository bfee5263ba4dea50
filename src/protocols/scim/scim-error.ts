/** RFC 7644 §3.12 table 9, and RFC 9865 §2.3 for cursors. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidCursor'
  | 'invalidCount'

/**
 * `scim/` owns the bytes and rules of SCIM 2.0 (RFC 7643, 7644, 9865): schemas, filters, patches, lists, bulk jobs. It
 * keeps nothing and knows no person. Names that others send only ever select from the schema.
 *
 * A refusal in SCIM's own form; the message is its `detail`.
 */
export class ScimError extends Error {
  override readonly name = 'ScimError'
  readonly status: number
  readonly scimType: ScimType | undefined

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.status = status
    this.scimType = scimType
  }
}

export const badRequest = (scimType: ScimType, detail: string): ScimError => new ScimError(400, detail, scimType)

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** RFC 7644 §3.12: the status is a string. */
export const renderScimError = (error: Pick<ScimError, 'status' | 'scimType' | 'message'>) => ({
  schemas: [errorSchema],
  ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
  detail: error.message,
  status: String(error.status),
})
