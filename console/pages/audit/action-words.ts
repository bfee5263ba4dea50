/** Every kind of event, as the filter names it. */
export const actionGroups: { group: string; items: { value: string; label: string }[] }[] = [
  group('Merges and pushes', {
    'pull-request.merged': 'Merged a pull request',
    'merge.refused': 'A merge was refused',
    'pull-request.opened': 'Opened a pull request',
    'pull-request.pushed': 'Pushed to a pull request',
    'pull-request.source-deleted': 'The branch of a pull request was deleted',
    'pull-request.changed': 'Edited a pull request',
    'pull-request.closed': 'Closed a pull request',
    'pull-request.reopened': 'Reopened a pull request',
    'ref.created': 'Pushed a new branch or tag',
    'ref.updated': 'Pushed to a branch or tag',
    'ref.deleted': 'Deleted a branch or tag',
    'push.refused': 'A push was refused',
    'branch.protected': 'A branch became protected',
    'branch.start-sealed': 'Sealed the start of a branch',
    'branch.rule-changed': 'Changed the rule of a branch',
  }),
  group('Taps', {
    'seal.made': 'Tapped to seal',
    'seal.refused': 'Refused to seal',
    'seal.withdrawn': 'No longer asked for a tap',
  }),
  group('Signing in', {
    'session.started': 'Signed in',
    'session.refused': 'A sign-in was refused',
    'session.ended': 'Signed out',
    'session.ended-other': 'Ended other sessions',
  }),
  group('Passkeys and tokens', {
    'credential.added': 'Added a passkey',
    'credential.renamed': 'Renamed a passkey',
    'credential.removed': 'Removed a passkey',
    'credential.endorsed': 'Vouched for a passkey',
    'credential.rejudged': 'A passkey was judged anew',
    'credential.counter-regressed': 'A passkey may have been copied',
    'token.created': 'Made a token',
    'token.ended': 'Ended a token',
  }),
  group('People and groups', {
    'person.registered': 'Registered',
    'person.added': 'Added a person',
    'person.link': 'Made a registration link',
    'group.created': 'Created a group',
    'group.deleted': 'Deleted a group',
    'group.member-added': 'Added somebody to a group',
    'group.member-removed': 'Took somebody out of a group',
    'member.granted': 'Gave a role',
    'member.removed': 'Took a role away',
  }),
  group('Projects and repositories', {
    'project.created': 'Created a project',
    'project.changed': 'Changed a project',
    'project.deleted': 'Deleted a project',
    'repository.created': 'Created a repository',
    'repository.changed': 'Changed a repository',
    'repository.deleted': 'Deleted a repository',
  }),
  group('Guardrails', {
    'guardrail.changed': 'Changed the guardrails',
    'guardrail.proposed': 'Proposed a change of the guardrails',
    'guardrail.approved': 'Approved a change of the guardrails',
    'guardrail.withdrawn': 'Took back a proposed change',
  }),
  group('This instance', {
    'instance.setup-link': 'Made a link for a next owner',
    'instance.rehome': 'Moved to another address',
    'metadata.imported': 'Imported FIDO metadata',
    'ledger.exported': 'Exported the ledger',
    'demo.created': 'Filled in the demo',
    'demo.removed': 'Removed the demo',
  }),
]

function group(name: string, words: Record<string, string>) {
  return { group: name, items: Object.entries(words).map(([value, label]) => ({ value, label })) }
}

/** How somebody acted. */
export const methodWords: Record<string, string> = {
  passkey: 'By a tap',
  session: 'In the browser',
  token: 'By a token',
  link: 'By a one-time link',
  shell: 'On the server',
  system: 'By Postern itself',
}
