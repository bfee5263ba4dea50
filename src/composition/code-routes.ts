import { checkRoutes } from '../checks/routes.ts'
import { machineRoutes } from '../machines/routes.ts'
import { mirrorsRoutes } from '../mirrors/routes.ts'
import { provenanceRoutes } from '../provenance/routes.ts'
import { pullRequestRoutes } from '../pull-requests/routes.ts'
import { repositoriesRoutes } from '../repositories/routes.ts'
import { sshRoutes } from '../ssh/routes.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import type { Callers } from './callers.ts'
import type { CodeParts } from './code.ts'
import type { Foundations } from './foundations.ts'
import type { SshParts } from './ssh.ts'

/** Repositories, and all that happens in them. */
export function codeRoutes(
  base: Foundations,
  { authenticator, lfsCallers, cut }: Callers,
  code: CodeParts,
  ssh: SshParts,
): void {
  const { app, database, policy, outbound, secrets, origin, now } = base
  const { parts, imports, mirrors, provenance } = code
  repositoriesRoutes(app, {
    ...code.pushing,
    db: database.read,
    lfs: { ...code.lfs, callers: lfsCallers },
    recognise: (request) => authenticator.again(request),
    async recogniseAgain(request) {
      const caller = await authenticator.fromRequest(request, true)
      return caller?.shortfall ? undefined : caller
    },
  })
  sshRoutes(app, { view: ssh.view })
  checkRoutes(app, parts)
  pullRequestRoutes(app, code.merging)
  provenanceRoutes(app, { db: database.read, provenance })
  mirrorsRoutes(app, { ...parts, outbound, secrets, imports, mirrors })
  machineRoutes(app, { database, policy, outbound, cut, origin, now })
  webhookRoutes(app, { database, outbound, secrets, origin, now })
}
