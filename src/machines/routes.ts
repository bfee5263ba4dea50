import type { App } from '../http/app.ts'
import type { DeployKeyParts } from './deploy-keys/parts.ts'
import { deployKeyRoutes } from './deploy-keys/routes.ts'
import { type WorkloadParts, workloadRoutes } from './workloads/routes.ts'

/**
 * `machines/` owns what comes into one repository by itself: deploy keys, pipelines. None of it is ever a person's, can
 * do what takes a tap, or gives itself more than it was given.
 */
export function machineRoutes(app: App, parts: DeployKeyParts & WorkloadParts): void {
  deployKeyRoutes(app, parts)
  workloadRoutes(app, parts)
}
