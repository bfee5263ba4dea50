import type { OrganisationRole, RepositoryRole } from '../database/schema.ts'
import type { ActName } from '../policy/acts.ts'
import type { ActPlace } from '../policy/facts.ts'

/** Who can come to do an act at all, before any rule: an organisation role, or a role in a place of that kind. */
type Need =
  | { kind: 'anyone' }
  | { kind: 'roles'; roles: readonly OrganisationRole[] }
  | { kind: 'place'; least: RepositoryRole; in: readonly ('project' | 'repository' | 'branch')[] }
  /** Not done with a key one has: it is judged when it happens. */
  | { kind: 'newcomer' }

const anyone: Need = { kind: 'anyone' }
const administrators: Need = { kind: 'roles', roles: ['owner', 'admin'] }
const placeAdmin = (...where: ('project' | 'repository' | 'branch')[]): Need => ({
  kind: 'place',
  least: 'admin',
  in: where,
})

const needs: Record<ActName, Need> = {
  'sign-in': anyone,
  session: anyone,
  registration: { kind: 'newcomer' },
  'token.use': anyone,
  'ssh.use': anyone,
  'application.use': anyone,
  'application.call': anyone,
  'application.change': administrators,
  'connector.change': administrators,
  push: { kind: 'place', least: 'write', in: ['branch'] },
  tag: { kind: 'place', least: 'write', in: ['repository'] },
  merge: { kind: 'place', least: 'write', in: ['branch'] },
  approve: { kind: 'place', least: 'write', in: ['branch'] },
  bypass: { kind: 'place', least: 'write', in: ['branch'] },
  confirm: { kind: 'place', least: 'write', in: ['branch'] },
  protect: placeAdmin('branch'),
  'credential.add': anyone,
  'credential.rename': anyone,
  'credential.remove': anyone,
  'credential.endorse': administrators,
  'token.create': anyone,
  'token.end': anyone,
  'ssh-key.add': anyone,
  'ssh-key.end': anyone,
  'oauth.authorise': anyone,
  'oauth.end': anyone,
  'certificate.issue': anyone,
  'deploy-key.add': placeAdmin('repository'),
  'deploy-key.change': placeAdmin('repository'),
  'deploy-key.end': placeAdmin('repository'),
  'person.add': administrators,
  'person.invite': administrators,
  'person.change': administrators,
  // Of members, those who answer for one.
  'guest.extend': { kind: 'roles', roles: ['owner', 'admin', 'member'] },
  'person.import': administrators,
  'agent.add': administrators,
  'agent.change': administrators,
  'agent.permit': anyone,
  'person.end': administrators,
  'person.restore': administrators,
  'setting.change': { kind: 'roles', roles: ['owner'] },
  'provider.add': { kind: 'roles', roles: ['owner'] },
  'provider.change': { kind: 'roles', roles: ['owner'] },
  'provider.remove': { kind: 'roles', roles: ['owner'] },
  'identity.link': anyone,
  'identity.unlink': anyone,
  'recovery.codes': anyone,
  'person.recover': administrators,
  'recovery.cancel': administrators,
  'break-glass.make': { kind: 'roles', roles: ['owner'] },
  'break-glass.review': administrators,
  'person.link': administrators,
  'directory.connect': { kind: 'roles', roles: ['owner'] },
  'directory.change': { kind: 'roles', roles: ['owner'] },
  'directory.disconnect': { kind: 'roles', roles: ['owner'] },
  'me.change': anyone,
  'me.leave': anyone,
  'domain.add': { kind: 'roles', roles: ['owner'] },
  'domain.remove': { kind: 'roles', roles: ['owner'] },
  'domain.claim': { kind: 'roles', roles: ['owner'] },
  'domain.decide': administrators,
  'group.create': administrators,
  'group.change': administrators,
  'group.delete': administrators,
  'group.member-add': administrators,
  'group.member-remove': administrators,
  'member.grant': placeAdmin('project', 'repository'),
  'member.remove': placeAdmin('project', 'repository'),
  'project.change': placeAdmin('project'),
  'project.delete': placeAdmin('project'),
  'repository.change': placeAdmin('repository'),
  'repository.delete': placeAdmin('repository'),
  'mirror.change': placeAdmin('repository'),
  'branch.rule': placeAdmin('branch'),
  'webhook.change': placeAdmin('repository'),
  'workload.change': placeAdmin('repository'),
  'guardrail.change': administrators,
  'guardrail.approve': administrators,
  'metadata.import': administrators,
  'ledger.export': administrators,
  'demo.remove': { kind: 'roles', roles: ['owner'] },
}

const ladder: readonly (RepositoryRole | null)[] = [null, 'read', 'write', 'admin']

/**
 * Where somebody of this role and with these places can do an act: nowhere, at no place in particular (`null`), or in
 * some of the places. `branch` is the branch to ask about where an act concerns one.
 */
export function listWhere(
  act: ActName,
  { role, places }: { role: OrganisationRole; places: readonly ActPlace[] },
  branch = 'main',
): (ActPlace | null)[] {
  const need = needs[act]
  if (need.kind === 'newcomer') return []
  if (need.kind === 'anyone') return [null]
  if (need.kind === 'roles') return need.roles.includes(role) ? [null] : []
  const inBranch = need.in.includes('branch')
  return places.flatMap((place) => {
    const kind = place.repositoryId === null ? 'project' : inBranch ? 'branch' : 'repository'
    if (!need.in.includes(kind) || ladder.indexOf(place.role) < ladder.indexOf(need.least)) return []
    return [kind === 'branch' ? { ...place, branch } : place]
  })
}
