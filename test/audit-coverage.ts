import type { Action } from '../src/audit/actions.ts'

const project = '/api/v1/projects/:project'
const repository = `${project}/repositories/:repository`
const pullRequest = `${repository}/pull-requests/:number`

/** Which events each route that can change something may write. An empty list says why there is nothing to tell. */
export const routeEvents: Record<string, readonly Action[] | { none: string }> = {
  'POST /api/v1/registration-links/inspect': { none: 'looks at a link' },
  'POST /api/v1/registration-links/begin': { none: 'a challenge, which ends by itself' },
  'POST /api/v1/registration-links/finish': ['person.registered'],
  'POST /api/v1/sign-in/begin': { none: 'a challenge, which ends by itself' },
  'POST /api/v1/sign-in/finish': ['session.started', 'session.refused', 'credential.counter-regressed'],
  'POST /api/v1/sign-out': ['session.ended'],
  'DELETE /api/v1/me/sessions': ['session.ended-other'],
  'DELETE /api/v1/me/sessions/:id': ['session.ended'],
  'POST /api/v1/me/credentials/begin': { none: 'a challenge, which ends by itself' },
  'POST /api/v1/me/credentials': ['credential.added'],
  'PATCH /api/v1/me/credentials/:id': ['credential.renamed'],
  'DELETE /api/v1/me/credentials/:id': ['credential.removed'],
  'POST /api/v1/me/tokens': ['token.created'],
  'DELETE /api/v1/me/tokens/:id': ['token.ended', 'seal.withdrawn'],
  'POST /api/v1/people': ['person.added'],
  'POST /api/v1/people/:username/registration-link': ['person.link'],
  'POST /api/v1/people/:username/credentials/:id/endorse': ['credential.endorsed'],
  'POST /api/v1/groups': ['group.created'],
  'DELETE /api/v1/groups/:name': ['group.deleted'],
  'PUT /api/v1/groups/:name/members/:username': ['group.member-added'],
  'DELETE /api/v1/groups/:name/members/:username': ['group.member-removed'],
  'POST /api/v1/seal-requests/:id/attempts': { none: 'a challenge, which ends by itself' },
  'POST /api/v1/seal-requests/:id/attempts/:attemptId': [
    ...(['seal.made', 'credential.counter-regressed', 'guardrail.approved'] as const),
  ],
  'POST /api/v1/seal-requests/:id/link': { none: 'a link to what waits; its seal or refusal is told' },
  'POST /api/v1/seal-requests/:id/refuse': ['seal.refused'],
  'POST /api/v1/seal-requests/:id/refuse-and-end-token': ['seal.refused', 'token.ended', 'seal.withdrawn'],
  'POST /api/v1/seal-requests/:id/withdraw': ['seal.withdrawn'],

  'POST /api/v1/projects': ['project.created'],
  [`PATCH ${project}`]: ['project.changed'],
  [`DELETE ${project}`]: ['project.deleted'],
  [`PUT ${project}/members/:kind/:name`]: ['member.granted'],
  [`DELETE ${project}/members/:kind/:name`]: ['member.removed'],
  [`POST ${project}/repositories`]: ['repository.created'],
  [`PATCH ${repository}`]: ['repository.changed'],
  [`DELETE ${repository}`]: ['repository.deleted'],
  [`PUT ${repository}/members/:kind/:name`]: ['member.granted'],
  [`DELETE ${repository}/members/:kind/:name`]: ['member.removed'],
  [`DELETE ${repository}/branches/*`]: ['ref.deleted', 'pull-request.source-deleted'],
  [`POST ${repository}/protected-branches/:branch/start-seal`]: {
    none: 'a statement that waits; its seal or refusal is told',
  },
  [`POST ${repository}/protected-branches/:branch/start`]: ['branch.start-sealed'],
  [`PATCH ${repository}/protected-branches/:branch`]: ['branch.rule-changed'],
  'POST /:project/:repository/git-upload-pack': { none: 'reads' },
  'POST /:project/:repository/git-receive-pack': [
    ...(['ref.created', 'ref.updated', 'ref.deleted', 'branch.protected', 'push.refused'] as const),
    ...(['pull-request.pushed', 'pull-request.source-deleted'] as const),
  ],

  [`POST ${repository}/pull-requests`]: ['pull-request.opened'],
  [`PATCH ${pullRequest}`]: ['pull-request.changed'],
  [`POST ${pullRequest}/close`]: ['pull-request.closed'],
  [`POST ${pullRequest}/reopen`]: ['pull-request.reopened'],
  [`POST ${pullRequest}/merge-preparation`]: { none: 'a statement that waits; its seal or refusal is told' },
  [`POST ${pullRequest}/merge`]: ['pull-request.merged', 'ref.updated', 'merge.refused'],
  'POST /api/v1/policy/explain': { none: 'judges a draft and keeps nothing of it' },
  'PUT /api/v1/policy': ['guardrail.changed', 'guardrail.proposed'],
  'POST /api/v1/policy/changes/:id/withdraw': ['guardrail.withdrawn'],
  'POST /api/v1/audit/export': ['ledger.exported'],
  'POST /api/v1/metadata': ['metadata.imported', 'credential.rejudged'],
  'DELETE /api/v1/demo': ['demo.removed'],
}

/** The same for what is done on the machine itself. */
export const commandEvents: Record<string, readonly Action[]> = {
  'postern admin setup-link': ['instance.setup-link'],
  'postern admin guardrails': ['guardrail.changed'],
  'postern admin rehome': ['instance.rehome'],
  'postern admin metadata import': ['metadata.imported', 'credential.rejudged'],
  'postern serve --demo': ['demo.created'],
}
