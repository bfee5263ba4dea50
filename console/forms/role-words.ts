import type { OrganisationRole, RepositoryRole } from '../api/shapes.ts'

export const repositoryRoles: { value: RepositoryRole; label: string; description: string }[] = [
  { value: 'read', label: 'Read', description: 'Clone and browse' },
  { value: 'write', label: 'Write', description: 'Also push, propose and merge' },
  { value: 'admin', label: 'Admin', description: 'Also members, settings and deletion' },
]

export const organisationRoles: { value: OrganisationRole; label: string; description: string }[] = [
  { value: 'member', label: 'Member', description: 'Sees internal repositories, works where they have a role' },
  { value: 'guest', label: 'Guest', description: 'Sees only what they are given' },
  { value: 'admin', label: 'Administrator', description: 'Adds people, groups and projects, reads the audit' },
  { value: 'owner', label: 'Owner', description: 'Everything, including other owners' },
]

export const organisationRoleLabel = (role: OrganisationRole) =>
  organisationRoles.find(({ value }) => value === role)?.label ?? role
