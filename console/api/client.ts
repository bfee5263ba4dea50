import { isUnattended } from './away.ts'
import { ProblemError, readProblem, unreachable } from './problem.ts'
import { askForSignIn, askForStrongerKey, askForTap, canStepUp } from './step-up.ts'

/**
 * JSON over fetch, under `/api/v1`. A refusal becomes a `ProblemError`. Three refusals are answered here and nowhere
 * else: `seal-required` asks for a tap and repeats the identical call with the seal; `sign-in-required`, once somebody
 * was signed in on this page, asks to sign in again and repeats it; `stronger-key-needed` does so for a stronger key,
 * except where something is only read: there the page itself leads to where one gets it. So no form loses what was typed.
 */
export const api = {
  get: <Answer>(path: string, options?: CallOptions) => call<Answer>('GET', path, undefined, options),
  post: <Answer>(path: string, body: unknown = {}, options?: CallOptions) => call<Answer>('POST', path, body, options),
  put: <Answer>(path: string, body: unknown = {}, options?: CallOptions) => call<Answer>('PUT', path, body, options),
  patch: <Answer>(path: string, body: unknown, options?: CallOptions) => call<Answer>('PATCH', path, body, options),
  delete: <Answer = void>(path: string, options?: CallOptions) => call<Answer>('DELETE', path, undefined, options),
  deleteWith: <Answer = void>(path: string, body: unknown, options?: CallOptions) =>
    call<Answer>('DELETE', path, body, options),
  /** An answer that is read piece by piece, as it comes. */
  stream: (path: string, body: unknown, options?: CallOptions) => ask('POST', path, body, options),
}

export interface CallOptions {
  /** A seal that is already made, for acts whose page does the tap itself. */
  sealId?: string
  /** Hand `sign-in-required` to the caller instead of asking to sign in. */
  isSignInOptional?: boolean
  /** Somebody waits for it, who need not touch the page meanwhile. */
  isAwaited?: boolean
  signal?: AbortSignal
}

async function call<Answer>(method: string, path: string, body: unknown, options?: CallOptions): Promise<Answer> {
  const response = await ask(method, path, body, options)
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer)
}

async function ask(method: string, path: string, body: unknown, options: CallOptions = {}): Promise<Response> {
  let sealId = options.sealId
  let hasSignedInAgain = false
  let hasStrongerKey = false
  for (;;) {
    const response = await send(method, path, body, { ...options, ...(sealId === undefined ? {} : { sealId }) })
    if (response.ok) return response

    const problem = await readProblem(response)
    if (problem.code === 'seal-required' && problem.sealRequestId && !sealId && canStepUp()) {
      sealId = await askForTap(problem.sealRequestId)
      continue
    }
    const maySignIn = !options.isSignInOptional && !hasSignedInAgain && canStepUp()
    if (problem.code === 'sign-in-required' && maySignIn) {
      await askForSignIn()
      hasSignedInAgain = true
      continue
    }
    if (problem.code === 'stronger-key-needed' && method !== 'GET' && !hasStrongerKey && canStepUp()) {
      await askForStrongerKey()
      hasStrongerKey = true
      continue
    }
    throw new ProblemError(problem)
  }
}

async function send(
  method: string,
  path: string,
  body: unknown,
  { sealId, signal, isAwaited = false }: CallOptions,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (sealId) headers['postern-seal'] = sealId
  if (method === 'GET' && !isAwaited && isUnattended()) headers['postern-unattended'] = '1'
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable(cause)
  }
}
