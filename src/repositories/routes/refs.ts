import { Type } from 'typebox'
import type { RefUpdateTable } from '../../database/schema.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { forbidden, notFound } from '../../http/problem.ts'
import { Page } from '../../http/shapes.ts'
import { type Caller, getCaller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { explainDecision, helpWith } from '../../policy/words.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { listBranches, listTags } from '../branches.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import type { PushTables } from '../push-judgement.ts'
import { pushProof } from '../push-proof.ts'
import { createPushJudge } from '../push-taps.ts'
import { methodOf, moveRef, type RefParts } from '../ref-updates.ts'
import { readRef } from '../refs.ts'
import { BranchView, TagView } from '../shapes.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

export interface RefRouteParts extends RefParts {
  policy: PolicyInForce
  /** Told after a branch has gone by another door than a push. */
  afterMove: (place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>
}

/** Branches and tags; what a deleted branch means to others is told to `afterMove`. */
export function refRoutes(app: App, parts: RefRouteParts): void {
  const { database, git, policy, now } = parts
  const List = { params: Type.Object(InRepository), querystring: Type.Object(CursorQuery) }

  app.get(`${repositoryRoot}/branches`, {
    config: { access: 'repository:read' },
    schema: { ...List, response: { 200: Page(BranchView) } },
    handler: (request) =>
      withGitProblems(() => {
        const { folder, repository } = getPlace(request)
        return listBranches({ git, folder }, { db: database.read, policy, at: now() }, repository, request.query.cursor)
      }),
  })

  app.get(`${repositoryRoot}/tags`, {
    config: { access: 'repository:read' },
    schema: { ...List, response: { 200: Page(TagView) } },
    handler: (request) =>
      withGitProblems(() => {
        const { folder, repository } = getPlace(request)
        return listTags({ git, folder }, { db: database.read, policy, at: now() }, repository.id, request.query.cursor)
      }),
  })

  app.delete(`${repositoryRoot}/branches/*`, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object({ ...InRepository, '*': Type.String({ maxLength: 300 }) }),
      response: { 204: Type.Null() },
    },
    handler: (request, reply) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const actor = getCaller(request)
        const ref = `refs/heads/${request.params['*']}`
        const oldOid = await readRef(git, place.folder, ref)
        if (oldOid === zeroOid) throw notFound('This branch')
        const rows: RefUpdateTable[] = []
        await moveRef({
          database,
          git,
          now,
          place,
          actor,
          ref,
          oldOid,
          newOid: zeroOid,
          door: 'delete',
          method: methodOf(actor),
          strength: actor.strength,
          onPrepare: (tx) => checkMayDelete({ db: tx, policy, at: now() }, place, actor, request.params['*']),
          onDone: async (_tx, row) => void rows.push(row),
        })
        await parts.afterMove(place, rows)
        return reply.code(204).send(null)
      }),
  })
}

/**
 * To delete a branch is to change it: what a guardrail asks of a push to it stands here too. A program could not tap; a
 * person has come to the page that a push sends them to. @throws 403
 */
async function checkMayDelete(
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  place: RepositoryPlace,
  actor: Caller,
  branch: string,
): Promise<void> {
  const isOnPage = actor.by.kind === 'session'
  const proof = { ...pushProof(actor, parts.at), boundToAct: isOnPage }
  const { decision, facts } = (await createPushJudge(parts, place, actor, proof))(branch)
  if (decision.outcome === 'allow') return
  const help = isOnPage ? helpWith(decision) : 'A person can delete it, on the repository’s page of branches.'
  throw forbidden(explainDecision(decision, facts), help)
}
