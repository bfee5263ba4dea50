import { accessKeyRoutes } from '../access-keys/routes.ts'
import { certificateRoutes } from '../access-keys/certificates/routes.ts'
import { endAskingToken } from '../access-keys/end-token.ts'
import { sshKeyRoutes } from '../access-keys/ssh-keys/routes.ts'
import { createOnPermitted } from '../agents/on-permitted.ts'
import { agentsRoutes } from '../agents/routes.ts'
import { listReachedTools } from '../applications/reached-tools.ts'
import { announcementRoutes } from '../announcements/routes.ts'
import { attestationRoutes } from '../attestation/routes.ts'
import { findDomainOfAddress } from '../directory/domains/find-domain.ts'
import { directoryRoutes } from '../directory/routes.ts'
import { createInvite } from '../directory/scim/invite.ts'
import { createApproval } from '../guardrails/approval.ts'
import { guardrailRoutes } from '../guardrails/routes.ts'
import { getActor } from '../identity/actor.ts'
import { actorOf } from '../identity/caller.ts'
import { invitationAdmission } from '../identity/invitations/admission.ts'
import { identityRoutes } from '../identity/routes.ts'
import { selfAdmission } from '../identity/self-registration/admission.ts'
import { createConfirmation } from '../pull-requests/confirm-bypass.ts'
import { createOnApproved } from '../pull-requests/review/on-approved.ts'
import { givenRoles } from '../repositories/given-roles.ts'
import { findToolNaming } from '../proxy/routes/find-tool-naming.ts'
import { forgetGroupGrants } from '../repositories/members.ts'
import { listReachablePaths } from '../repositories/reachable.ts'
import { revokeKey } from '../repositories/revoked-keys.ts'
import { sealRoutes } from '../seals/routes.ts'
import { version } from '../version.ts'
import type { Callers } from './callers.ts'
import type { CodeParts } from './code.ts'
import type { Foundations } from './foundations.ts'
import type { PeopleParts } from './people.ts'

/** Accounts, keys, taps, rules and directories. */
export function peopleRoutes(base: Foundations, callers: Callers, people: PeopleParts, code: CodeParts): void {
  const { app, ceremonies, database, policy, attestation, mail, meters, outbound, secrets, cookies, origin, now } = base
  const { authenticator, cut } = callers
  const { endAccess, receipts, stops, look, windingUp } = people
  const writeLetter: typeof mail.queue | null = mail.from === null ? null : (tx, letter) => mail.queue(tx, letter)

  identityRoutes(app, {
    ceremonies,
    endAccess,
    secrets,
    admissions: [
      selfAdmission(async (db, email) => (await findDomainOfAddress(db, email))?.state === 'verified'),
      invitationAdmission(givenRoles),
    ],
    places: givenRoles,
    listReachedTools,
    queueLetter:
      mail.from === null
        ? null
        : (tx, { address, facts }) => mail.queue(tx, { to: { address, name: '' }, kind: 'invitation', facts }),
    writeLetter,
    receipts,
    countOpen: base.connections.count,
    cookies,
    version,
    forgetGroupGrants,
    findToolNaming,
    signersChanged: code.projectAll,
    revokeKey,
    stops,
    onBreakGlassUsed: meters.breakGlassUsed,
  })
  attestationRoutes(app, {
    db: database.read,
    attestation,
    schedule: people.schedule,
    now,
    actorOf: (request, seal) => actorOf(getActor(request), seal),
  })
  sealRoutes(app, {
    onSealed: {
      'guardrail.approve': createApproval({ policy, now }),
      ...code.autoMerge.onSealed,
      approve: createOnApproved({ policy, now }),
      'agent.permit': createOnPermitted({ policy, now }),
      confirm: createConfirmation(code.merging),
    },
    ceremonies,
    waiting: people.waiting,
    recognise: (request) => authenticator.fromRequest(request),
    endToken: endAskingToken,
  })
  guardrailRoutes(app, { ceremonies, policy, isSshOpen: base.config.sshPort !== null })
  agentsRoutes(app, { ceremonies })
  announcementRoutes(app, people.announcing)
  accessKeyRoutes(app, {
    ceremonies,
    listReachablePaths: (userId, ids) => listReachablePaths(database.read, userId, ids),
  })
  sshKeyRoutes(app, { ceremonies, cut, signersChanged: code.projectAll })
  certificateRoutes(app, { ceremonies, authority: callers.authority, cut })
  directoryRoutes(app, {
    database,
    look,
    now,
    ceremonies,
    endAccess,
    cookies,
    outbound,
    secrets,
    origin,
    windingUp,
    policy,
    forgetGroupGrants,
    findToolNaming,
    invite: createInvite({ mail, origin }),
    writeLetter,
  })
}
