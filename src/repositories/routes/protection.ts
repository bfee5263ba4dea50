import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { Nullable } from '../../http/shapes.ts'
import { actOf } from '../../identity/act.ts'
import { getPerson } from '../../identity/caller.ts'
import { BranchRule, ruleOf } from '../branch-rule.ts'
import { readRuleNames, renderRuleNames } from '../branch-rule-names.ts'
import { changeBranchRule, describeNewRule } from '../change-branch-rule.ts'
import { inspectCodeOwners } from '../code-owners/inspect.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace } from '../place.ts'
import type { Projection } from '../projection.ts'
import { describeProtection, protectBranch } from '../protect-branch.ts'
import {
  askForStart,
  getProtectedBranch,
  listProtectedBranches,
  sealStart,
  startQuestion,
} from '../protected-branches.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { RefParts } from '../ref-updates.ts'
import { listRevocations } from '../revoked-keys.ts'
import { ProtectedBranchView } from '../shapes.ts'
import { listSigners } from '../signers.ts'
import { renderAllowedSigners } from '../../seals/format/allowed-signers.ts'
import { renderRevokedKeys } from '../../seals/format/revocation.ts'
import { sealRequired } from '../../seals/seal-required.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

const ByBranch = Type.Object({ ...InRepository, branch: Type.String({ minLength: 1, maxLength: 255 }) })
const NewBranch = Type.Object(
  { branch: Type.String({ minLength: 1, maxLength: 255 }) },
  { additionalProperties: false },
)
const RuleView = Type.Object({
  rule: BranchRule,
  canEdit: Type.Boolean(),
  codeOwners: Type.Object({ path: Nullable(Type.String()), problems: Type.Array(Type.String()) }),
  /** Of the groups, people and tokens that it names by id. */
  names: Type.Record(Type.String(), Type.String()),
})

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
      const [place, caller] = [getPlace(request), getPerson(request)]
      const { branch } = request.params
      if (typeof sealId !== 'string') {
        const asked = { question: startQuestion(place, branch), caller, at: now() }
        const help = 'Ask for the seal request first, at start-seal.'
        throw await sealRequired({ db: database.read, policy: parts.policy }, asked, { help })
      }
      await sealStart(parts, projection, { place, caller, branch, sealId })
      return getView(place.repository.id, branch)
    },
  })

  app.get(`${root}/rule`, {
    config: { access: 'repository:read' },
    schema: { params: ByBranch, response: { 200: RuleView } },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const { branch } = request.params
        const rule = ruleOf(await getProtectedBranch(database.read, place.repository.id, branch))
        return {
          rule,
          canEdit: place.role === 'admin' && request.caller?.by.kind === 'session',
          codeOwners: await inspectCodeOwners(parts, place, branch),
          names: renderRuleNames(await readRuleNames(database.read, [rule], now())),
        }
      }),
  })

  const change: SensitiveAct = {
    name: 'branch.rule',
    describe: (request) =>
      describeNewRule(parts, {
        place: getPlace(request),
        branch: (request.params as Static<typeof ByBranch>).branch,
        rule: request.body as BranchRule,
      }),
  }

  app.put(`${root}/rule`, {
    config: { access: 'repository:admin', act: change },
    schema: { params: ByBranch, body: BranchRule, response: { 200: ProtectedBranchView } },
    async handler(request) {
      const [place, { branch }] = [getPlace(request), request.params]
      await changeBranchRule(parts, actOf(request, now), { place, branch, rule: request.body })
      return getView(place.repository.id, branch)
    },
  })

  const begin: SensitiveAct = {
    name: 'branch.rule',
    describe: (request) =>
      describeProtection(parts, {
        place: getPlace(request),
        branch: (request.body as Static<typeof NewBranch>).branch,
      }),
  }

  app.post(`${repositoryRoot}/protected-branches`, {
    config: { access: 'repository:admin', act: begin },
    schema: { params: Type.Object(InRepository), body: NewBranch, response: { 200: ProtectedBranchView } },
    async handler(request) {
      const [place, { branch }] = [getPlace(request), request.body]
      await protectBranch(parts, actOf(request, now), { place, branch })
      // Its signers are asked for from now on.
      await projection.project(place)
      return getView(place.repository.id, branch)
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

  app.get('/:project/:repository/revoked_keys', {
    config: { access: 'git' },
    schema: { params: Type.Object({ project: Type.String(), repository: Type.String() }) },
    async handler(request, reply) {
      const { id } = getPlace(request).repository
      const entries = await listSigners(database.read, id)
      const text = renderRevokedKeys(entries, await listRevocations(database.read, id, entries))
      return reply.type('text/plain; charset=utf-8').send(text)
    },
  })

  async function getView(repositoryId: Parameters<typeof listProtectedBranches>[1], branch: string) {
    const view = (await listProtectedBranches(database.read, repositoryId)).find((one) => one.branch === branch)
    if (view === undefined) throw notFound('This protected branch')
    return view
  }
}
