/**
 * Every act whose proof can be asked for, and its words as in "to …". What a route declares as its `act` stands here,
 * or the server does not start; so a rule can name any sensitive act of the product, and none that does not exist.
 */
export const acts = {
  'sign-in': 'sign in',
  session: 'stay signed in',
  registration: 'register a passkey',
  'token.use': 'use an API token',
  push: 'push to a branch',
  merge: 'merge a pull request',
  approve: 'approve a pull request',
  bypass: 'merge past a branch’s rule',
  confirm: 'confirm what was merged past a rule',
  protect: 'seal the start of a protected branch',
  'credential.add': 'add a passkey',
  'credential.rename': 'rename a passkey',
  'credential.remove': 'remove a passkey',
  'credential.endorse': 'vouch for somebody’s passkey',
  'token.create': 'make an API token',
  'token.end': 'end an API token',
  'person.add': 'add a person',
  'agent.add': 'add an agent',
  'person.link': 'make a registration link for somebody',
  'group.create': 'create a group',
  'group.delete': 'delete a group',
  'group.member-add': 'put somebody into a group',
  'group.member-remove': 'take somebody out of a group',
  'member.grant': 'give a role in a project or repository',
  'member.remove': 'take a role in a project or repository away',
  'project.change': 'change a project',
  'project.delete': 'delete a project',
  'repository.change': 'change a repository',
  'repository.delete': 'delete a repository',
  'mirror.change': 'change where a repository is mirrored to',
  'branch.rule': 'change the rule of a protected branch',
  'webhook.change': 'change what a webhook tells, and to whom',
  'guardrail.change': 'change a guardrail',
  'guardrail.approve': 'approve the change of a guardrail',
  'metadata.import': 'import what is known of authenticator models',
  'ledger.export': 'export the ledger',
  'demo.remove': 'remove the demo',
} as const

export type ActName = keyof typeof acts

export const isActName = (name: string): name is ActName => Object.hasOwn(acts, name)
