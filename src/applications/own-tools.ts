import type { Database } from '../database/handles.ts'
import type { SessionCaller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { listApplications } from './application.ts'
import type { ApplicationKinds } from './application-kind.ts'
import { judgeUse } from './judge-use.ts'
import type { OwnTool } from './shapes.ts'
import { listLaunchUrls } from './views.ts'

/**
 * The applications that somebody may open, by name. What they are refused is not among them; what takes another key
 * than they came with says so, and what takes a fresh tap asks for it when they open it.
 */
export async function listOwnTools(
  { database, policy, kinds }: { database: Pick<Database, 'read'>; policy: PolicyInForce; kinds: ApplicationKinds },
  caller: SessionCaller,
  at: number,
): Promise<OwnTool[]> {
  const applications = await listApplications(database.read)
  const launch = await listLaunchUrls(database.read, kinds, applications)
  const quiet = { current: () => policy.current() }
  const tools = await Promise.all(
    applications.map(async (application): Promise<OwnTool | undefined> => {
      const { id, slug, name, description, kind, recipe } = application
      const use = { caller, application, request: null, address: caller.address }
      const verdict = await judgeUse({ database, policy: quiet }, use, at)
      if (verdict.outcome === 'deny') return undefined
      const needs = verdict.outcome === 'step-up' && verdict.kind === 'stronger-key' ? verdict.sentence : null
      return { slug, name, description, kind, recipe, opensAt: launch.get(id) ?? null, needs }
    }),
  )
  return tools.filter((tool) => tool !== undefined)
}
