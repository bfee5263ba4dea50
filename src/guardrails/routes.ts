import { type Static, Type } from 'typebox'
import { actSubject } from '../http/act-subject.ts'
import type { SensitiveAct } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { forbidden } from '../http/problem.ts'
import { getActor } from '../identity/actor.ts'
import { getPerson, shortfallProblem } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { catalogueAt } from '../policy/catalogue.ts'
import { compilePolicy } from '../policy/compile.ts'
import { Policy, type Rule } from '../policy/rule.ts'
import { getChange, policyMoved, withdrawChange } from './changes.ts'
import { checkMeant } from './check-draft.ts'
import { ruleCounts } from './counts.ts'
import { diffPolicies } from './differences.ts'
import { explain } from './explain.ts'
import { policyOf, type LoadedPolicy } from './in-force.ts'
import { ownRequirements } from './own-requirements.ts'
import { readPlaces, withIds, withPaths } from './places.ts'
import { savePolicy } from './save.ts'
import {
  CatalogueItem,
  Explanation,
  NewPolicy,
  OwnRequirements,
  PolicyChangePage,
  PolicyChanged,
  PolicyChangeView,
  PolicyView,
  RuleCounts,
} from './shapes.ts'
import { listChanges, renderChanges, renderPolicy } from './views.ts'

const ById = Type.Object({ id: Type.String() })
const dayMs = 86_400_000
const isAboutSsh = ({ does }: Rule): boolean => does.every((act) => act === 'ssh.use')
/** Ten thousand rules can be read, and so are refused for their number rather than for their bytes. */
const bodyLimit = 8 * 1024 * 1024

/**
 * `guardrails/` owns the policy in force and its history, and explains a change before it is made. It enforces nothing
 * itself: every door asks `decide`.
 */
export function guardrailRoutes(
  app: App,
  { ceremonies, policy, isSshOpen }: { ceremonies: Ceremonies; policy: LoadedPolicy; isSshOpen: boolean },
): void {
  const { database, now } = ceremonies
  const db = database.read

  const change: SensitiveAct = {
    name: 'guardrail.change',
    async describe(request) {
      const { policy: draft, basedOn } = request.body as Static<typeof NewPolicy>
      const kept = withIds(draft, await readPlaces(db))
      // Said before anybody taps; said again in the transaction of the change.
      if (policy.version !== basedOn) throw policyMoved()
      await checkMeant(db, kept, now())
      const differences = diffPolicies(policy.current().policy, kept)
      return {
        title: 'Change the guardrails',
        rows: [
          ...differences.map(({ kind, rule }) => ({
            label: `Guardrail ${kind}`,
            value: rule.title,
            kind: 'text' as const,
          })),
          { label: 'Made from version', value: String(basedOn), kind: 'text' },
          { label: 'New policy', value: compilePolicy(kept).digest, kind: 'digest' },
        ],
        subjects: [actSubject('policy', compilePolicy(kept).digest)],
      }
    },
  }

  app.get('/api/v1/policy', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: PolicyView } },
    handler: () => renderPolicy(db),
  })

  app.get('/api/v1/policy/catalogue', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Object({ items: Type.Array(CatalogueItem) }) } },
    handler() {
      const present = new Set(policy.current().policy.rules.map(({ id }) => id))
      const items = catalogueAt(now()).map((entry) => ({ ...entry, isPresent: present.has(entry.rule.id) }))
      // No switch without effect: nobody comes in by a door that is not there.
      return { items: items.filter(({ rule, isPresent }) => isPresent || isSshOpen || !isAboutSsh(rule)) }
    },
  })

  app.get('/api/v1/policy/counts', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: RuleCounts } },
    handler: () => ruleCounts(db, { from: now() - 30 * dayMs }),
  })

  app.get('/api/v1/policy/schema.json', {
    config: { access: 'user' },
    handler: () => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Postern policy', ...Policy }),
  })

  app.get('/api/v1/policy/export', {
    config: { access: 'organisation:admin' },
    async handler(_request, reply) {
      const { policy: current } = await renderPolicy(db)
      const $schema = `${ceremonies.place.origin}/api/v1/policy/schema.json`
      return reply
        .header('content-disposition', 'attachment; filename="postern-policy.json"')
        .type('application/json')
        .send(JSON.stringify({ ...current, $schema }, null, 2))
    },
  })

  app.post('/api/v1/policy/explain', {
    bodyLimit,
    config: { access: 'organisation:admin' },
    schema: { body: Type.Object({ policy: Policy }), response: { 200: Explanation } },
    async handler(request) {
      const caller = getPerson(request)
      const draft = withIds(request.body.policy, await readPlaces(db))
      return explain(ceremonies, { draft, current: policy.current(), caller, at: now(), address: caller.address })
    },
  })

  app.put('/api/v1/policy', {
    bodyLimit,
    config: { access: 'organisation:admin', act: change },
    schema: { body: NewPolicy, response: { 200: PolicyChanged } },
    async handler(request) {
      const caller = getActor(request)
      const row = await savePolicy(
        { ceremonies, policy },
        { ...request.body, caller, takeSeal: (tx) => request.takeSeal(tx) },
      )
      const [view] = await renderChanges(db, [row])
      if (view === undefined) throw new Error('a change that was saved is shown')
      return { change: view }
    },
  })

  app.get('/api/v1/policy/changes', {
    config: { access: 'organisation:admin' },
    schema: { querystring: Type.Object(CursorQuery), response: { 200: PolicyChangePage } },
    handler: (request) => listChanges(db, request.query.cursor),
  })

  app.get('/api/v1/policy/changes/:id', {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: Type.Object({ change: PolicyChangeView, policy: Policy }) } },
    async handler(request) {
      const row = await getChange(db, request.params.id)
      const [view] = await renderChanges(db, [row])
      if (view === undefined) throw new Error('a change that exists is shown')
      return { change: view, policy: withPaths(policyOf(row), await readPlaces(db)) }
    },
  })

  app.post('/api/v1/policy/changes/:id/withdraw', {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getPerson(request)
      const row = await getChange(db, request.params.id)
      if (row.proposedBy !== caller.id && caller.role !== 'owner')
        throw forbidden('Only whoever proposed this, or an owner, can take it back.', 'Ask one of them.')
      await database.write((tx) => withdrawChange(tx, caller, row.id, now()))
      return reply.code(204).send(null)
    },
  })

  app.get('/api/v1/me/policy', {
    config: { access: 'enrolling' },
    schema: { response: { 200: OwnRequirements } },
    handler(request) {
      const caller = getPerson(request)
      if (caller.shortfall?.kind === 'refused') throw shortfallProblem(caller.shortfall)
      return ownRequirements(db, { policy: policy.current(), caller, at: now(), address: caller.address })
    },
  })
}
