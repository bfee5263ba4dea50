import type { ApplicationKinds } from '../applications/application-kind.ts'
import { recordEvent } from '../audit/record.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { endDemoPeople } from '../identity/demo-people.ts'
import { endDemoTools } from './end-tools.ts'
import { removeDemoProjects, throwAwayFolders } from '../repositories/demo-projects.ts'
import type { RepositoryParts } from '../repositories/repository-records.ts'

/** Takes the example away: its projects with their repositories, its tools, its group, its people. What happened stays in the log. */
export async function removeDemo(
  { kinds, ...parts }: RepositoryParts & { kinds: ApplicationKinds },
  { caller, takeSeal, now }: Act,
): Promise<void> {
  const folders = await parts.database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await endDemoTools(tx, kinds, { actor: actorOf(caller, seal), seal: seal.id, at })
    const removed = await removeDemoProjects(tx, parts.root)
    await endDemoPeople(tx, at)
    await recordEvent(tx, {
      action: 'demo.removed',
      actor: actorOf(caller, seal),
      target: { kind: 'instance', id: '1' },
      facts: { seal: seal.id },
      at,
    })
    return removed
  })
  await throwAwayFolders(parts, folders)
}
