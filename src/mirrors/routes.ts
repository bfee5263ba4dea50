import type { App } from '../http/app.ts'
import type { ImportParts } from './import-records.ts'
import { importRoutes } from './import-routes.ts'
import type { Imports } from './imports.ts'
import { mirrorRoutes } from './mirror-routes.ts'
import type { Mirrors } from './mirrors.ts'

/**
 * `mirrors/` owns what comes from and goes to other people's Git servers: imports, and push mirrors with their
 * passwords. It never moves a ref of ours except as a first push would, and never takes anything back from a mirror.
 */
export function mirrorsRoutes(app: App, parts: ImportParts & { imports: Imports; mirrors: Mirrors }): void {
  importRoutes(app, parts)
  mirrorRoutes(app, parts)
}
