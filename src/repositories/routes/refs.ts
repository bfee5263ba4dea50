import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Tx } from '../../database/handles.ts'
import type { RefUpdateTable, TableName } from '../../database/schema.ts'
import type { AskedAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { forbidden, notFound } from '../../http/problem.ts'
import { Page } from '../../http/shapes.ts'
import { getCaller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { explainDecision, helpWith } from '../../policy/words.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { listBranches, listTags } from '../branches.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import type { PushTables } from '../push-judgement.ts'
import { checkStillWrites } from '../push-standing.ts'
import { createPushJudge, type JudgedBranch } from '../push-taps.ts'
import { checkMove, methodOf, moveRef, type NewRefUpdates, type RefParts } from '../ref-updates.ts'
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

  const deletion = branchDeletion(parts)

  app.delete(`${repositoryRoot}/branches/*`, {
    config: { access: 'repository:write', actWhereAsked: deletion },
    schema: { params: ByBranch, response: { 204: Type.Null() } },
    handler: (request, reply) =>
      withGitProblems(async () => {
        const actor = getCaller(request)
        const move = await deletion.getMove(request)
        const rows: RefUpdateTable[] = []
        await moveRef({
          ...move,
          database,
          git,
          now,
          actor,
          method: methodOf(actor),
          strength: actor.strength,
          onPrepare: (tx) => deletion.prove(tx, request),
          onDone: async (_tx, row) => void rows.push(row),
        })
        await parts.afterMove(move.place, rows)
        return reply.code(204).send(null)
      }),
  })
}

const ByBranch = Type.Object({ ...InRepository, '*': Type.String({ maxLength: 300 }) })
const branchOf = ({ params }: FastifyRequest): string => (params as Static<typeof ByBranch>)['*']

/**
 * To delete a branch is to change it: what a guardrail asks of a push to it stands here too. Where that is a tap, a person
 * in a session, who has come to the page that a push sends them to, gives it here. A program could not.
 */
export function branchDeletion({ database, git, policy, now }: Omit<RefRouteParts, 'afterMove'>) {
  const judge = async (db: PushTables, request: FastifyRequest): Promise<JudgedBranch> =>
    (await createPushJudge({ db, policy, at: now() }, getPlace(request), getCaller(request)))(branchOf(request))

  // One for each request: what goes is the tip that the tap was given for, also where the branch moves right then.
  const tips = new WeakMap<FastifyRequest, string>()

  /** @throws 404 */
  const getMove = async (request: FastifyRequest) => {
    const place = getPlace(request)
    const ref = `refs/heads/${branchOf(request)}`
    const oldOid = tips.get(request) ?? (await readRef(git, place.folder, ref))
    tips.set(request, oldOid)
    if (oldOid === zeroOid) throw notFound('This branch')
    return { place, ref, oldOid, newOid: zeroOid, door: 'delete' as const }
  }

  const act: AskedAct = {
    name: 'branch.delete',
    async askedAs(request) {
      if (getCaller(request).by.kind !== 'session') return undefined
      const { decision } = await judge(database.read, request)
      return decision.outcome === 'allow' ? undefined : { act: 'push', branch: branchOf(request) }
    },
    describe: (request) =>
      withGitProblems(async () => {
        const move = await getMove(request)
        await checkMove(database.read, move, true)
        const { place, oldOid } = move
        const { decision, facts } = await judge(database.read, request)
        return {
          title: `Delete the branch ${branchOf(request)} of ${place.path}`,
          rows: [
            { label: 'Repository', value: place.path, kind: 'text' },
            { label: 'Branch', value: branchOf(request), kind: 'text' },
            { label: 'Its last commit', value: oldOid, kind: 'oid' },
            { label: 'Why a tap', value: explainDecision(decision, facts), kind: 'text' },
          ],
          subjects: [actSubject('repository', place.repository.id), actSubject('tip', oldOid)],
        }
      }),
  }

  return {
    ...act,
    getMove,
    /** Once more in the transaction: a rule may have come, or the role gone, at this very moment. @throws 403, 409 */
    async prove(
      tx: Tx<TableName>,
      request: FastifyRequest,
    ): Promise<Pick<NewRefUpdates, 'method' | 'strength'> | undefined> {
      await checkStillWrites(tx, getPlace(request), getCaller(request))
      if (request.hasSeal) {
        const { id, strength } = await request.takeSeal(tx)
        return { method: `seal ${id}`, strength }
      }
      const { decision, facts } = await judge(tx, request)
      if (decision.outcome === 'allow') return undefined
      const isOnPage = getCaller(request).by.kind === 'session'
      const help = isOnPage ? helpWith(decision) : 'A person can delete it, on the repository’s page of branches.'
      throw forbidden(explainDecision(decision, facts), help)
    },
  }
}
