import type { Caller } from '../identity/caller.ts'

/** Events whose transaction has also told the bus whose connections are to be cut, or judged anew. */
export const cutsConnections: ReadonlySet<string> = new Set([
  'access.ended',
  'application.changed',
  'application.ended',
  'certificate.ended',
  'ssh-key.ended',
  'credential.rejudged',
  'directory.members-removed',
  'deploy-key.ended',
  'deploy-key.expired',
  'group.changed',
  'group.deleted',
  'group.member-added',
  'group.member-removed',
  'recovery.started',
  'recovery.cancelled',
  'person.registered',
  'repository.deleted',
  'session.ended',
  'session.ended-other',
  'session.ended-upstream',
  'password.changed',
  'credential.removed',
  'identity.groups-changed',
  'identity.unlinked',
  'provider.changed',
  'provider.removed',
  'grant.ended',
  'token.ended',
  'token.reused',
  'token.given-up',
  'workload.changed',
  'workload.ended',
  'workload.reused',
  'workload.switched-off',
])

/** What a caller came in with, where its end by itself cuts what it has open. */
export function endingWith(by: Caller['by']): string[] {
  if (by.kind === 'session') return [by.sessionId]
  if (by.kind === 'token') return [by.tokenId]
  if (by.kind === 'grant') return [by.grantId]
  // What SSH gave out for large files ends with the key it was given for.
  return [by.kind === 'ssh-certificate' ? by.certificateId : by.keyId]
}
