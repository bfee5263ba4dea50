import type { Application } from '../applications/application.ts'
import { judgeUse, type UseVerdict } from '../applications/judge-use.ts'
import type { Strength } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { JudgeParts } from '../identity/judge-caller.ts'

/** `judgeUse` for an application that asks for a tap of its own: one after it asked, however new the last one is. */
export async function judgeAsked(
  parts: JudgeParts,
  {
    caller,
    application,
    address,
    asked,
  }: {
    caller: Caller
    application: Application
    address: string
    asked: { strength?: Strength; tappedAfter?: number }
  },
  now: number,
): Promise<UseVerdict> {
  const { strength, tappedAfter = 0 } = asked
  const verdict = await judgeUse(
    parts,
    { caller, application, request: null, address, asked: strength === undefined ? {} : { strength } },
    now,
  )
  return verdict.outcome !== 'allow' || caller.authenticatedAt >= tappedAfter ? verdict : tapNow(application)
}

/** An application that takes no tap but one for its own question. */
export const tapNow = ({ name }: Pick<Application, 'name'>): Extract<UseVerdict, { outcome: 'step-up' }> => ({
  outcome: 'step-up',
  kind: 'fresh-tap',
  rule: null,
  sentence: `${name} asks that you tap your key now.`,
  requires: { strength: 'passkey', freshnessSeconds: 0 },
})
