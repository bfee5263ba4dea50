import { recordEvent } from '../audit/record.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { endDemoPeople } from '../identity/demo-people.ts'
import { removeDemoProjects } from '../repositories/demo-projects.ts'
import type { RepositoryParts } from '../repositories/repository-records.ts'

/** Takes the example away: its projects with their repositories, its group, its people. What happened stays in the log. */
export async function removeDemo(parts: RepositoryParts, caller: Caller): Promise<void> {
  const { database, now } = parts
  await removeDemoProjects(parts)
  await database.write(async (tx) => {
    const at = now()
    await endDemoPeople(tx, at)
    await recordEvent(tx, { action: 'demo.removed', actor: actorOf(caller), target: { kind: 'instance', id: '1' }, at })
  })
}
