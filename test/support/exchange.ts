import assert from 'node:assert/strict'
import type { NewPipeline, PipelineView } from '../../src/machines/workloads/shapes.ts'
import { ApiError, type Person } from '../../src/walk/person.ts'

/** What a server needs that asks an issuer on this machine. */
export const outbound = ['--outbound-allow', '127.0.0.1']
export const shop = '/projects/acme/repositories/shop'

export async function makeRepository(person: Person, name = 'shop'): Promise<void> {
  await person.call('POST', '/projects', { name: 'acme', description: '' }).catch((error: unknown) => {
    // Another repository made it.
    if (!(error instanceof ApiError) || error.status !== 409) throw error
  })
  await person.call('POST', '/projects/acme/repositories', { name, description: '' })
}

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const jwtType = 'urn:ietf:params:oauth:token-type:jwt'
export const ownType = 'urn:ietf:params:oauth:token-type:access_token'

export interface Exchanged {
  access_token: string
  issued_token_type: string
  token_type: string
  expires_in: number
  scope: string
}

export interface ExchangeAnswer {
  status: number
  body: Exchanged & { error?: string; error_description?: string }
}

/** Shows a token at the address where tokens are traded. */
export async function exchange(origin: string, form: Record<string, string>): Promise<ExchangeAnswer> {
  const answer = await fetch(`${origin}/api/v1/token-exchange`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: grantType, subject_token_type: jwtType, ...form }),
  })
  return { status: answer.status, body: (await answer.json()) as ExchangeAnswer['body'] }
}

export async function trade(origin: string, resource: string, token: string, scope?: string): Promise<Exchanged> {
  const { status, body } = await exchange(origin, {
    subject_token: token,
    resource: `${origin}/${resource}`,
    ...(scope === undefined ? {} : { scope }),
  })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

export async function renew(origin: string, token: string, more: Record<string, string> = {}): Promise<Exchanged> {
  const { status, body } = await exchange(origin, { subject_token: token, subject_token_type: ownType, ...more })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** Refused with this code; returns the sentence. */
export async function refusedExchange(origin: string, form: Record<string, string>, code: string): Promise<string> {
  const { status, body } = await exchange(origin, form)
  assert.equal(body.error, code, body.error_description ?? JSON.stringify(body))
  assert.equal(status, 400)
  assert.equal('access_token' in body, false)
  assert.match(body.error_description ?? '', /^[ !#-[\]-~]+$/, 'RFC 6749 §5.2')
  return body.error_description ?? ''
}

export const newPipeline = (issuer: string, more: Partial<NewPipeline> = {}): NewPipeline => ({
  name: 'build',
  shape: 'github',
  issuer,
  audience: 'postern',
  conditions: [{ claim: 'repository', value: 'acme/shop' }],
  access: 'write',
  lifetimeMinutes: 10,
  runHours: 6,
  keys: null,
  ...more,
})

export const letIn = (person: Person, path: string, pipeline: NewPipeline): Promise<PipelineView> =>
  person.act<PipelineView>('POST', `${path}/pipelines`, pipeline)
