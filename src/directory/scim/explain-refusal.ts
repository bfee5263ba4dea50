import { inOneLine, ProblemError } from '../../http/problem.ts'
import { ScimError, type ScimType } from '../../protocols/scim/scim-error.ts'

/** Any failure as SCIM says it; undefined for one that is ours alone, of which nothing is said. */
export function explainRefusal(error: unknown, mostBytes = 0): ScimError | undefined {
  if (error instanceof ScimError) return error
  if (error instanceof ProblemError) return new ScimError(error.status, inOneLine(error), typeOf(error))
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return new ScimError(413, `The request has more than ${mostBytes} bytes (maxPayloadSize).`)
  if (status === 415) return new ScimError(415, 'Send JSON, as application/scim+json or application/json.')
  if (status >= 400 && status < 500) return new ScimError(status, 'This request cannot be read.', 'invalidSyntax')
  return undefined
}

const typeOf = ({ status }: ProblemError): ScimType | undefined => (status === 409 ? 'uniqueness' : undefined)
