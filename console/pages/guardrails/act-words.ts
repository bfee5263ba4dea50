import type { ActName } from '../../api/shapes.ts'
import { capital } from '../../ui/plain-words.ts'

/** Every act that a rule can name, as in "to …". The server's list is the type: a new act must be said here too. */
export const actWords: Record<ActName, string> = {
  'sign-in': 'sign in',
  session: 'stay signed in',
  registration: 'register a passkey',
  'token.use': 'use an API token',
  'ssh.use': 'come in over SSH',
  push: 'push to a branch',
  tag: 'make or delete a tag',
  merge: 'merge a pull request',
  approve: 'approve a pull request',
  bypass: 'merge past a branch’s rule',
  confirm: 'confirm what was merged past a rule',
  protect: 'seal the start of a protected branch',
  'branch.rule': 'change the rule of a protected branch',
  'credential.add': 'add a passkey',
  'credential.rename': 'rename a passkey',
  'credential.remove': 'remove a passkey',
  'credential.endorse': 'vouch for somebody’s passkey',
  'token.create': 'make an API token',
  'token.end': 'end an API token',
  'oauth.authorise': 'let a program in as oneself',
  'oauth.end': 'end what a program was let in for',
  'ssh-key.add': 'add an SSH key',
  'ssh-key.end': 'end an SSH key',
  'certificate.issue': 'get an SSH certificate',
  'deploy-key.add': 'add a deploy key',
  'deploy-key.change': 'change a deploy key',
  'deploy-key.end': 'end a deploy key',
  'person.add': 'add a person',
  'person.invite': 'invite people',
  'person.change': 'change somebody’s role',
  'guest.extend': 'prolong a guest’s access',
  'agent.change': 'change who answers for an agent',
  'agent.permit': 'allow what an agent asks for',
  'person.import': 'import people from a list',
  'agent.add': 'add an agent',
  'person.end': 'end somebody’s access',
  'person.restore': 'give somebody their access back',
  'setting.change': 'change a setting of the organisation',
  'provider.add': 'set up another place to sign in',
  'provider.change': 'change another place to sign in',
  'provider.remove': 'remove another place to sign in',
  'identity.link': 'sign in from another place as oneself',
  'identity.unlink': 'no longer sign in from another place',
  'recovery.codes': 'make recovery codes',
  'person.recover': 'start a recovery for somebody',
  'recovery.cancel': 'cancel the recovery of an account',
  'break-glass.make': 'make a break-glass code',
  'break-glass.review': 'review the use of a break-glass code',
  'person.link': 'make a registration link for somebody',
  'directory.connect': 'connect a directory',
  'directory.change': 'change a directory',
  'directory.disconnect': 'disconnect a directory',
  'me.change': 'change one’s own name or address',
  'me.leave': 'end one’s own access',
  'domain.add': 'add a domain',
  'domain.remove': 'remove a domain',
  'domain.claim': 'manage the accounts at a domain',
  'domain.decide': 'decide about somebody who objects to being managed',
  'group.create': 'create a group',
  'group.change': 'change what a group makes of its members',
  'group.delete': 'delete a group',
  'group.member-add': 'put somebody into a group',
  'group.member-remove': 'take somebody out of a group',
  'member.grant': 'give a role in a project or repository',
  'member.remove': 'take a role in a project or repository away',
  'project.change': 'change a project',
  'project.delete': 'delete a project',
  'repository.change': 'change a repository',
  'repository.delete': 'delete a repository',
  'workload.change': 'let a pipeline in, change or end it',
  'webhook.change': 'change what a webhook tells, and to whom',
  'mirror.change': 'change where a repository is mirrored to',
  'application.use': 'open an application',
  'application.call': 'call an application by a program',
  'application.change': 'set up, change or end an application',
  'connector.change': 'add, renew or end a connector',
  'guardrail.change': 'change a guardrail',
  'guardrail.approve': 'approve the change of a guardrail',
  'metadata.import': 'import what is known of authenticator models',
  'ledger.export': 'export the ledger',
  'demo.remove': 'remove the demo',
}

export const allActs = Object.keys(actWords) as ActName[]

/** All acts about one thing, present and future: `credential.*`. */
const families: Record<string, string> = {
  '*': 'do anything',
  'credential.*': 'do anything with passkeys',
  'token.*': 'do anything with API tokens',
  'oauth.*': 'do anything with programs that one lets in',
  'ssh-key.*': 'do anything with SSH keys',
  'certificate.*': 'do anything with SSH certificates',
  'deploy-key.*': 'do anything with deploy keys',
  'person.*': 'do anything with people',
  'agent.*': 'do anything with agents',
  'group.*': 'do anything with groups',
  'directory.*': 'do anything with directories',
  'member.*': 'do anything with roles',
  'project.*': 'change or delete a project',
  'repository.*': 'change or delete a repository',
  'recovery.*': 'do anything with recoveries',
  'break-glass.*': 'do anything with break-glass codes',
  'domain.*': 'do anything with domains',
  'guardrail.*': 'do anything with guardrails',
  'provider.*': 'do anything with other places to sign in',
  'identity.*': 'join or part from accounts elsewhere',
}

/** As in "to …". What nobody named here is said as it is written. */
export const doesWords = (name: string): string =>
  families[name] ?? (Object.hasOwn(actWords, name) ? actWords[name as ActName] : name)

const offered: Record<string, string[]> = {
  'All of it': ['*'],
  'Coming in': ['sign-in', 'session', 'registration', 'token.use', 'ssh.use'],
  'Getting back in': [...family('recovery'), ...family('break-glass')],
  'Pushing and merging': ['push', 'tag', 'approve', 'merge', 'bypass', 'confirm', 'protect', 'branch.rule'],
  'Passkeys and tokens': family('credential').concat(
    family('token').filter((name) => name !== 'token.use'),
    family('ssh-key'),
    family('certificate'),
    family('oauth'),
  ),
  'People and groups': [
    ...family('person'),
    'guest.extend',
    ...family('agent'),
    ...family('group'),
    ...family('member'),
  ],
  Directory: family('directory'),
  'Signing in elsewhere': [...family('provider'), ...family('identity')],
  'One’s own account': ['me.change', 'me.leave'],
  Domains: family('domain'),
  'Projects and repositories': [
    ...family('project'),
    ...family('repository'),
    ...family('deploy-key'),
    'webhook.change',
    'workload.change',
    'mirror.change',
  ],
  Applications: [...family('application'), ...family('connector')],
  'Guardrails and this instance': [
    ...family('guardrail'),
    'metadata.import',
    'ledger.export',
    'setting.change',
    'demo.remove',
  ],
}

function family(noun: string): string[] {
  return [`${noun}.*`, ...allActs.filter((act) => act.startsWith(`${noun}.`))]
}

/** For a list to choose from; what a rule names already and nobody offers stands at its end. */
export function actOptions(chosen: readonly string[]) {
  const known = new Set(Object.values(offered).flat())
  const others = chosen.filter((name) => !known.has(name))
  const groups = Object.entries(offered).concat(others.length ? [['Others', others]] : [])
  return groups.map(([group, names]) => ({
    group,
    items: names.map((value) => ({ value, label: value === '*' ? 'Everything' : capital(doesWords(value)) })),
  }))
}

/** `merge`, `credential.*` or `*`. */
export const isNamed = (does: readonly string[], act: ActName): boolean =>
  does.some((name) => name === act || name === '*' || (name.endsWith('.*') && act.startsWith(name.slice(0, -1))))
