/**
 * Every kind of event, and the sentence it is told in: `{actor}` is the person, other names are facts of the leaf.
 * A new action goes here first; the audit coverage test lists which route or command writes which.
 */
export const actions = {
  'instance.setup-link': '{actor} made a link for a next owner',
  'instance.rehome': '{actor} moved this instance to {origin}',
  'person.registered': '{actor} registered with a first passkey, “{credential}”',
  'person.added': '{actor} added {person} as {role}',
  'agent.added': '{actor} added the agent {agent}, for which {owner} answers',
  'person.link': '{actor} made a registration link for {person}',
  'access.ended': 'The access of {person} ended: {cause}',
  'access.restored': 'The access of {person} was given back: {cause}',
  'setting.changed': '{actor} set {setting} to {value}',
  'session.started': '{actor} signed in with “{credential}”',
  'session.refused': 'A sign-in was refused: {reason}',
  'session.ended': '{actor} signed out',
  'session.ended-other': '{actor} ended {count} other sessions',
  'credential.added': '{actor} added the passkey “{credential}”',
  'credential.renamed': '{actor} renamed a passkey to “{credential}”',
  'credential.removed': '{actor} removed the passkey “{credential}”',
  'credential.endorsed': '{actor} vouched for the passkey “{credential}” of {person}',
  'credential.counter-regressed':
    'The signature counter of “{credential}” of {actor} went backwards: it may have been copied',
  'credential.rejudged':
    'The passkey “{credential}” of {person} was judged anew by metadata number {blob}: {former} before, {now} now',
  'metadata.imported': '{actor} imported FIDO metadata number {number}, of {models} models',
  'seal.made': '{actor} tapped to seal: {title}',
  'seal.refused': '{actor} refused to seal: {title}',
  'seal.withdrawn': '{actor} no longer asks for a tap: {title}',
  'guardrail.changed': '{actor} changed the guardrails: {change}',
  'guardrail.proposed': '{actor} proposed to change the guardrails: {change}',
  'guardrail.approved': '{actor} approved a change of the guardrails',
  'guardrail.withdrawn': '{actor} took back a proposed change of the guardrails',
  'token.created': '{actor} made the API token “{token}”',
  'token.ended': '{actor} ended the API token “{token}”',
  'group.created': '{actor} created the group {group}',
  'group.deleted': '{actor} deleted the group {group}',
  'group.member-added': '{actor} added {person} to the group {group}',
  'group.member-removed': '{actor} removed {person} from the group {group}',
  'project.created': '{actor} created the project {project}',
  'project.changed': '{actor} changed the project {project}',
  'project.deleted': '{actor} deleted the project {project}',
  'repository.created': '{actor} created the repository {repository}',
  'repository.changed': '{actor} changed the repository {repository}',
  'repository.deleted': '{actor} deleted the repository {repository}',
  'repository.import-started': '{actor} began to import {repository} from {url}',
  'repository.imported': '{repository} was imported for {actor} from {url}',
  'repository.import-failed': 'The import of {repository} from {url} failed: {reason}',
  'repository.import-cancelled': '{actor} cancelled the import of {repository}',
  'mirror.created': '{actor} set up a mirror of {repository} at {url}',
  'mirror.changed': '{actor} changed the mirror of {repository} at {url}',
  'mirror.removed': '{actor} removed the mirror of {repository} at {url}',
  'mirror.failed': 'The mirror of {repository} at {url} stopped following: {reason}',
  'mirror.recovered': 'The mirror of {repository} at {url} follows again',
  'member.granted': '{actor} gave {subject} the role {role} in {place}',
  'member.removed': '{actor} took the role in {place} from {subject}',
  'branch.protected': '{ref} of {repository} is protected from {oid} on',
  'branch.start-sealed': '{actor} sealed the start of {ref} in {repository} at {oid}',
  'branch.rule-changed': '{actor} changed the rule of {ref} in {repository}',
  'ref.updated': '{actor} moved {ref} of {repository} to {newOid}',
  'ref.created': '{actor} created {ref} of {repository} at {newOid}',
  'ref.deleted': '{actor} deleted {ref} of {repository}',
  'push.refused': 'A push by {actor} to {ref} of {repository} was refused: {reason}',
  'pull-request.opened': '{actor} opened {repository}#{number}: {title}',
  'pull-request.changed': '{actor} edited {repository}#{number}',
  'pull-request.pushed': '{actor} pushed {newOid} to {repository}#{number}',
  'pull-request.source-deleted': '{actor} deleted the source branch of {repository}#{number}',
  'pull-request.closed': '{actor} closed {repository}#{number}',
  'pull-request.reopened': '{actor} reopened {repository}#{number}',
  'pull-request.merged': '{actor} merged {repository}#{number} into {ref} with “{credential}”',
  'merge.bypassed': '{actor} merged {repository}#{number} past the rule of {ref}: {reason}',
  'bypass.confirmed': '{actor} looked at {repository}#{number}, which went past the rule of {ref}, and confirmed it',
  'bypass.overdue': 'Nobody looked in time at {repository}#{number}, which went past the rule of {ref}',
  'auto-merge.on': '{actor} asked for {repository}#{number} to be merged when it is ready',
  'auto-merge.asked': '{repository}#{number} is ready: {person} was asked for the tap that merges it',
  'auto-merge.off': '{repository}#{number} will not be merged by itself any more: {reason}',
  'merge.refused': 'A merge of {repository}#{number} by {actor} was refused: {reason}',
  'webhook.created': '{actor} made a webhook of {repository} to {host}',
  'webhook.changed': '{actor} changed the webhook of {repository} to {host}',
  'webhook.secret-changed': '{actor} gave the webhook of {repository} to {host} a new secret',
  'webhook.deleted': '{actor} deleted the webhook of {repository} to {host}',
  'webhook.switched-off': 'The webhook of {repository} to {host} was switched off: {reason}',
  'status.set': '{actor} said that “{check}” is {state} for {oid} of {repository}',
  'status.refused': '{actor} may not say what “{check}” found out about {oid} of {repository}',
  'comment.added': '{actor} commented on {repository}#{number}',
  'comment.edited': '{actor} edited a comment on {repository}#{number}',
  'comment.deleted': '{actor} deleted a comment on {repository}#{number}',
  'thread.resolved': '{actor} resolved a thread of {repository}#{number}',
  'thread.unresolved': '{actor} reopened a thread of {repository}#{number}',
  'review.approved': '{actor} approved {repository}#{number} at {newOid} with “{credential}”',
  'review.changes-requested': '{actor} asked for changes of {repository}#{number}',
  'review.commented': '{actor} reviewed {repository}#{number}',
  'review.dismissed': '{actor} set aside the review of {repository}#{number} by {person}: {reason}',
  'review.requested': '{actor} asked {reviewer} to review {repository}#{number}',
  'suggestion.applied': '{actor} applied a suggestion of {person} to {repository}#{number} as {newOid}',
  'ledger.exported': '{actor} exported {count} events of the ledger',
  'demo.created': 'The demo organisation was filled in',
  'demo.removed': '{actor} removed the demo organisation',
} as const

export type Action = keyof typeof actions

/** The sentence of an event; unknown facts stay empty rather than show a placeholder. */
export function renderSentence(action: string, facts: Record<string, string | number>): string {
  const template = Object.hasOwn(actions, action) ? actions[action as Action] : action
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    Object.hasOwn(facts, name) ? inWords(String(facts[name])) : '…',
  )
}

/** Branches and commits as people name them; the leaf keeps them whole. */
function inWords(fact: string): string {
  if (/^[0-9a-f]{40}$/.test(fact)) return fact.slice(0, 8)
  return fact.replace(/^refs\/heads\//, '').replace(/^refs\/tags\//, 'tag ')
}
