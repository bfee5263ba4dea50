import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProblemError } from '../api/problem.ts'
import { webauthnProblem } from './webauthn-problem.ts'

const browserError = (name: string) => Object.assign(new Error(name), { name })

test('what a browser says becomes what to do', () => {
  const code = (error: unknown, act: 'create' | 'tap' = 'tap') => {
    const said = webauthnProblem(error, act)
    assert.ok(said instanceof ProblemError)
    assert.ok(said.problem.help)
    return said.code
  }
  assert.equal(code(browserError('NotAllowedError')), 'prompt-ended')
  assert.equal(code(browserError('AbortError')), 'prompt-ended')
  assert.equal(code(browserError('InvalidStateError'), 'create'), 'key-known')
  assert.equal(code(browserError('SecurityError')), 'wrong-address')
  assert.equal(code(new Error('WebAuthn is not supported in this browser')), 'no-webauthn')
})

test('a prompt that ended says what to do, and what did not happen', () => {
  const help = (act: 'create' | 'tap'): string => {
    const said = webauthnProblem(browserError('NotAllowedError'), act)
    assert.ok(said instanceof ProblemError)
    return `${said.problem.title}. ${said.problem.help}`
  }
  assert.match(
    help('create'),
    /^The prompt was closed before .* nothing is used up\. No key at hand\? .* needs a PIN first/,
  )
  assert.match(
    help('tap'),
    /^The prompt was closed before .* Nothing was changed\. .* choose another one, then try again\.$/,
  )
})

test('refusals of the server pass unchanged', () => {
  const refusal = new ProblemError({ type: 'about:blank', title: 'No', status: 409, code: 'last-credential' })
  assert.equal(webauthnProblem(refusal, 'tap'), refusal)
})
