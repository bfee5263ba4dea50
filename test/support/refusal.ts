import assert from 'node:assert/strict'
import { ApiError } from '../../src/walk/person.ts'

/** Waits for a call to be refused, and checks with which status and code: `await refused(call, 409, 'link-used')`. */
export async function refused(call: Promise<unknown>, status: number, code: string): Promise<ApiError['problem']> {
  const outcome = await call.then(
    (answer) => assert.fail(`was not refused, but answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  )
  if (!(outcome instanceof ApiError)) throw outcome
  assert.deepEqual({ status: outcome.status, code: outcome.problem.code }, { status, code })
  // The types ask every refusal for a next step; here it is seen to arrive.
  assert.ok(outcome.problem.help ?? outcome.problem.fields, `${outcome.problem.title} Nobody is told what next.`)
  return outcome.problem
}

/** The same where what it says is looked at by whoever asks. */
export const refusal = (work: Promise<unknown>): Promise<ApiError> =>
  work.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => (error instanceof ApiError ? error : assert.fail(String(error))),
  )
