import { Type } from 'typebox'
import { recordEvent } from '../../audit/record.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { notFound, ProblemError } from '../../http/problem.ts'
import { actorOf, getPerson } from '../../identity/caller.ts'
import { getPlace } from '../place.ts'
import type { Projection } from '../projection.ts'
import { askForStart, getProtectedBranch, listProtectedBranches, sealStart } from '../protected-branches.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { RefParts } from '../ref-updates.ts'
import { ProtectedBranchView } from '../shapes.ts'
import { listSigners } from '../signers.ts'
import { renderAllowedSigners } from '../../seals/format/allowed-signers.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

const ByBranch = Type.Object({ ...InRepository, branch: Type.String({ minLength: 1, maxLength: 255 }) })
const Rule = Type.Object({ stockVerifiableOnly: Type.Boolean() }, { additionalProperties: false })

/** Where protection began, its rule, and who its signers are. */
export function protectionRoutes(
  app: App,
  parts: RefParts & { policy: PolicyInForce; projection: Projection; origin: string },
): void {
  const { database, projection, origin, now } = parts
  const root = `${repositoryRoot}/protected-branches/:branch`

  app.post(`${root}/start-seal`, {
    config: { access: 'repository:admin', sealRequest: 'held' },
    schema: { params: ByBranch, response: { 200: Type.Object({ sealRequestId: Type.String() }) } },
    handler: (request) =>
      askForStart(parts, {
        place: getPlace(request),
        caller: getPerson(request),
        branch: request.params.branch,
        origin,
      }),
  })

  app.post(`${root}/start`, {
    config: { access: 'repository:admin' },
    schema: { params: ByBranch, response: { 200: ProtectedBranchView } },
    async handler(request) {
      const sealId = request.headers['postern-seal']
      if (typeof sealId !== 'string')
        throw new ProblemError(401, 'seal-required', 'This needs a tap on your key.', {
          help: 'Ask for the seal request first, at start-seal.',
        })
      const place = getPlace(request)
      await sealStart(parts, projection, { place, caller: getPerson(request), branch: request.params.branch, sealId })
      return getView(place.repository.id, request.params.branch)
    },
  })

  const change: SensitiveAct = {
    name: 'branch.rule',
    async describe(request) {
      const { branch } = request.params as { branch: string }
      const { path, repository } = getPlace(request)
      await getProtectedBranch(database.read, repository.id, branch)
      const { stockVerifiableOnly } = request.body as { stockVerifiableOnly: boolean }
      return {
        title: `Change the rule of ${branch} in ${path}`,
        rows: [
          { label: 'Branch', value: branch, kind: 'text' },
          { label: 'Only keys that stock git can check', value: stockVerifiableOnly ? 'yes' : 'no', kind: 'text' },
        ],
      }
    },
  }

  app.patch(root, {
    config: { access: 'repository:admin', act: change },
    schema: { params: ByBranch, body: Rule, response: { 200: ProtectedBranchView } },
    async handler(request) {
      const { repository, path } = getPlace(request)
      const row = await getProtectedBranch(database.read, repository.id, request.params.branch)
      const { stockVerifiableOnly } = request.body
      await database.write(async (tx) => {
        const seal = await request.takeSeal(tx)
        await tx
          .updateTable('protectedBranch')
          .set({ stockVerifiableOnly: stockVerifiableOnly ? 1 : 0 })
          .where('repositoryId', '=', repository.id)
          .where('ref', '=', row.ref)
          .execute()
        await recordEvent(tx, {
          action: 'branch.rule-changed',
          actor: actorOf(getPerson(request), seal),
          target: { kind: 'ref', id: row.ref },
          repositoryId: repository.id,
          facts: {
            repository: path,
            ref: row.ref,
            stockVerifiableOnly: stockVerifiableOnly ? 'yes' : 'no',
            seal: seal.id,
          },
          at: now(),
        })
      })
      return getView(repository.id, request.params.branch)
    },
  })

  app.get('/:project/:repository/allowed_signers', {
    config: { access: 'git' },
    schema: { params: Type.Object({ project: Type.String(), repository: Type.String() }) },
    async handler(request, reply) {
      const { repository } = getPlace(request)
      const text = renderAllowedSigners(await listSigners(database.read, repository.id))
      return reply.type('text/plain; charset=utf-8').send(text)
    },
  })

  async function getView(repositoryId: Parameters<typeof listProtectedBranches>[1], branch: string) {
    const view = (await listProtectedBranches(database.read, repositoryId)).find((one) => one.branch === branch)
    if (view === undefined) throw notFound('This protected branch')
    return view
  }
}
