import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Tx } from '../../database/handles.ts'
import type { RefUpdateTable, TableName } from '../../database/schema.ts'
import type { AskedAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { forbidden, notFound } from '../../http/problem.ts'
import { getCaller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { explainDecision, helpWith } from '../../policy/words.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import type { PushTables } from '../push-judgement.ts'
import { checkStillWrites } from '../push-standing.ts'
import { createPushJudge, type JudgedRef } from '../push-taps.ts'
import { checkMove, methodOf, moveRef, type NewRefUpdates, type RefParts } from '../ref-updates.ts'
import { readRef } from '../refs.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

export interface DeletionParts extends RefParts {
  policy: PolicyInForce
  /** Told after a branch or tag has gone by another door than a push. */
  afterMove: (place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>
}

type Kind = keyof typeof kinds

const kinds = {
  branch: {
    access: 'repository:write',
    act: 'push',
    prefix: 'refs/heads/',
    plural: 'branches',
    label: 'Branch',
    holds: 'Its last commit',
  },
  tag: {
    access: 'repository:admin',
    act: 'tag',
    prefix: 'refs/tags/',
    plural: 'tags',
    label: 'Tag',
    holds: 'What it names',
  },
} as const

const ByName = Type.Object({ ...InRepository, '*': Type.String({ maxLength: 300 }) })
const nameOf = ({ params }: FastifyRequest): string => (params as Static<typeof ByName>)['*']

/** How one branch or tag is deleted; what that means to others is told to `afterMove`. */
export function deletionRoute(app: App, parts: DeletionParts, kind: Kind): void {
  const { database, git, now } = parts
  const deletion = refDeletion(parts, kind)
  app.delete(`${repositoryRoot}/${kinds[kind].plural}/*`, {
    config: { access: kinds[kind].access, actWhereAsked: deletion },
    schema: { params: ByName, response: { 204: Type.Null() } },
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

/**
 * To delete a branch is to change it: what a guardrail asks of a push to it stands here too, and of a tag what it asks of
 * making one. Where that is a tap, a person in a session, who has come to the page that a push sends them to, gives it
 * here. A program could not.
 */
export function refDeletion({ database, git, policy, now }: Omit<DeletionParts, 'afterMove'>, kind: Kind) {
  const { act: asked, prefix, plural, label, holds } = kinds[kind]

  const judge = async (db: PushTables, request: FastifyRequest): Promise<JudgedRef> =>
    (await createPushJudge({ db, policy, at: now() }, getPlace(request), getCaller(request)))(nameOf(request), asked)

  // One for each request: what goes is the tip that the tap was given for, also where the branch moves right then.
  const tips = new WeakMap<FastifyRequest, string>()

  /** @throws 404 */
  const getMove = async (request: FastifyRequest) => {
    const place = getPlace(request)
    const ref = `${prefix}${nameOf(request)}`
    const oldOid = tips.get(request) ?? (await readRef(git, place.folder, ref))
    tips.set(request, oldOid)
    if (oldOid === zeroOid) throw notFound(`This ${kind}`)
    return { place, ref, oldOid, newOid: zeroOid, door: 'delete' as const }
  }

  const act: AskedAct = {
    name: `${kind}.delete`,
    async askedAs(request) {
      if (getCaller(request).by.kind !== 'session') return undefined
      const { decision, question } = await judge(database.read, request)
      return decision.outcome === 'allow' ? undefined : { act: asked, branch: question.place?.branch ?? null }
    },
    describe: (request) =>
      withGitProblems(async () => {
        const move = await getMove(request)
        await checkMove(database.read, move, true)
        const { place, oldOid } = move
        const { decision, facts } = await judge(database.read, request)
        return {
          title: `Delete the ${kind} ${nameOf(request)} of ${place.path}`,
          rows: [
            { label: 'Repository', value: place.path, kind: 'text' },
            { label, value: nameOf(request), kind: 'text' },
            { label: holds, value: oldOid, kind: 'oid' },
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
      const place = await checkStillWrites(tx, getPlace(request), getCaller(request))
      await checkMove(tx, { ...(await getMove(request)), place }, true)
      if (request.hasSeal) {
        const { id, strength } = await request.takeSeal(tx)
        return { method: `seal ${id}`, strength }
      }
      const { decision, facts } = await judge(tx, request)
      if (decision.outcome === 'allow') return undefined
      const isOnPage = getCaller(request).by.kind === 'session'
      const help = isOnPage ? helpWith(decision) : `A person can delete it, on the repository’s page of ${plural}.`
      throw forbidden(explainDecision(decision, facts), help)
    },
  }
}
