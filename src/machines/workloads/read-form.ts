import { TokenScope } from '../../access-keys/shapes.ts'
import { ExchangeRefused } from './exchange-refused.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const tokenType = 'urn:ietf:params:oauth:token-type:'
export const accessTokenType = `${tokenType}access_token`

export interface Asked {
  /** `own`: one of ours, to be renewed. */
  kind: 'pipeline' | 'own'
  subjectToken: string
  /** Null only where one of ours is renewed: it has its repository. */
  resource: string | null
  /** Null: whatever it may. */
  scopes: readonly TokenScope[] | null
}

/** RFC 8693 §2.1. @throws ExchangeRefused */
export function readForm(text: string): Asked {
  const form = new URLSearchParams(text)
  const read = (name: string): string | null => {
    const values = form.getAll(name).filter((value) => value !== '')
    // RFC 6749 §3.2: parameters must not be there more than once, and of targets one is taken.
    if (values.length > 1) throw invalid(`The parameter ${name} is there more than once.`)
    return values[0] ?? null
  }
  if (read('grant_type') !== grantType)
    throw new ExchangeRefused('unsupported_grant_type', `The grant_type here is ${grantType}.`)
  if (read('actor_token') !== null) throw invalid('Nobody acts for another here: leave out actor_token.')
  const wanted = read('requested_token_type')
  if (wanted !== null && wanted !== accessTokenType)
    throw invalid(`The requested_token_type here is ${accessTokenType}.`)
  const subjectToken = read('subject_token')
  if (subjectToken === null) throw invalid('The subject_token is missing: the token that the pipeline got.')
  const kind = kindOf(read('subject_token_type'))
  const resource = read('resource')
  const audience = read('audience')
  if (resource !== null && audience !== null && resource !== audience)
    throw new ExchangeRefused(
      'invalid_target',
      'The resource and the audience name two things: one repository is enough.',
    )
  const target = resource ?? audience
  if (target === null && kind === 'pipeline')
    throw invalid('The resource is missing: the address of the repository, as a browser shows it.')
  return { kind, subjectToken, resource: target, scopes: scopesOf(read('scope')) }
}

function kindOf(type: string | null): Asked['kind'] {
  if (type === `${tokenType}jwt` || type === `${tokenType}id_token`) return 'pipeline'
  if (type === accessTokenType) return 'own'
  throw invalid(
    `The subject_token_type is ${tokenType}jwt for a pipeline’s token, ${accessTokenType} for one of ours to renew.`,
  )
}

const known = TokenScope.anyOf.map(({ const: scope }) => scope)

function scopesOf(text: string | null): readonly TokenScope[] | null {
  if (text === null) return null
  const names = [...new Set(text.split(' ').filter((name) => name !== ''))]
  return names.map((name) => {
    const scope = known.find((one) => one === name)
    if (scope === undefined)
      throw new ExchangeRefused('invalid_scope', `One of these scopes does not exist. There are: ${known.join(', ')}.`)
    return scope
  })
}

const invalid = (sentence: string): ExchangeRefused => new ExchangeRefused('invalid_request', sentence)
