import { judgeUse } from '../../applications/judge-use.ts'
import type { NoteRefusal } from '../../applications/note-refusals.ts'
import type { RecordedDecision } from '../../audit/decision.ts'
import { type Database, UniqueViolation } from '../../database/handles.ts'
import { conflict, forbidden } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import type { Caller, SessionCaller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { acrOf, amrOf } from '../../policy/strength.ts'
import { answeredAlready } from '../answer-asked.ts'
import { type Asked, settleAsked } from '../asked.ts'
import type { OpenidClient } from './find-client.ts'
import { signOnScopes } from './provider-part.ts'
import { beginSignOn } from './sign-on-grants.ts'

interface DeviceParts {
  database: Database
  policy: PolicyInForce
  noteRefusal: NoteRefusal
}

/** An application that is to be signed on to on another device, RFC 8628. */
export type AskedByDevice = Asked & { application: OpenidClient }

export const isDeviceSignOn = (asked: Asked): asked is AskedByDevice => asked.application !== null

/**
 * Whether somebody may sign a device on: it hangs on the session they type the code in, so that one is judged, as at the
 * application's own door. @throws 403 with what is missing
 */
export async function judgeDeviceSignOn(
  parts: DeviceParts,
  { asked, caller, now }: { asked: AskedByDevice; caller: Caller; now: number },
): Promise<{ caller: SessionCaller; recorded: RecordedDecision }> {
  const { application } = asked.application
  if (caller.by.kind !== 'session' || caller.kind !== 'person' || caller.shortfall !== null)
    throw forbidden(`Only somebody who is signed in can open ${application.name}.`, 'Sign in, and type the code again.')
  const use = { caller, application, request: null, address: caller.address }
  const verdict = await judgeUse(parts, use, now)
  if (verdict.outcome === 'deny') {
    await parts.noteRefusal(application, caller, { ...verdict, address: caller.address })
    throw forbidden(verdict.sentence, verdict.help)
  }
  if (verdict.outcome === 'step-up')
    throw forbidden(verdict.sentence, 'Sign in again with that key, and type the code again.')
  return { caller: caller as SessionCaller, recorded: verdict.recorded }
}

/** Lets the device take its tokens, in the transaction that uses up the tap. @throws 403, or 409 where it was answered */
export async function signDeviceOn(parts: DeviceParts, act: Act, asked: AskedByDevice): Promise<void> {
  const judged = await judgeDeviceSignOn(parts, { asked, caller: act.caller, now: act.now() })
  const { caller, recorded } = judged
  const wanted = askedScopes(asked)
  const scopes = asked.application.settings.isThirdParty
    ? signOnScopes.filter((scope) => wanted.includes(scope))
    : signOnScopes
  try {
    await parts.database.write(async (tx) => {
      await act.takeSeal(tx)
      const at = act.now()
      const grant = await beginSignOn(tx, { caller, client: asked.application, scopes, recorded, via: 'device', at })
      const changes = {
        accountId: grant.userId,
        grantId: grant.id,
        sid: grant.id,
        acr: acrOf(caller.strength) ?? undefined,
        amr: amrOf(caller.strength, caller.by.key),
        authTime: Math.floor(caller.authenticatedAt / 1000),
        scope: wanted.join(' '),
      }
      if (!(await settleAsked(tx, asked, { grantId: grant.id, changes }))) throw answeredAlready()
    })
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw conflict('not-yet', 'It was opened in the browser at this very moment.', { help: 'Tap again.' })
    throw error
  }
}

/** What it learns, as consent has it. */
export const learnsOf = (asked: Asked): string[] =>
  isDeviceSignOn(asked)
    ? [
        ...askedScopes(asked).filter((scope) => scope !== 'offline_access'),
        ...(asked.application.settings.groups === 'none' ? [] : ['groups']),
      ]
    : []

const askedScopes = ({ payload }: Asked): string[] => {
  const scope = payload.params?.['scope']
  const given = typeof scope === 'string' ? scope.split(' ') : []
  return [...signOnScopes, 'offline_access'].filter((scope) => given.includes(scope))
}
