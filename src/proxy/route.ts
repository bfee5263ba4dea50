import type { Application } from '../applications/application.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import type { RouteSettings } from './route-settings.ts'

/**
 * `proxy/` owns routes: which host name leads to which tool, who came, and carrying their requests there. It never
 * decides who may: that is `applications/judge-use.ts`.
 */
export interface Route {
  /** Who may, its name and its short name. */
  application: Application
  /** In small letters, without a port. */
  host: string
  settings: RouteSettings
  /** `settings.rules`, read once. */
  rules: readonly CompiledRule[]
  /** Changes whenever anything of it does: what is remembered of an older one counts for nothing. */
  revision: string
}

/** The routes in force, in memory. Kept up to date by whoever loads them, on every node within a second. */
export interface Routes {
  /** @param host as `Host` names it, in small letters, without port or trailing dot */
  find(host: string): Route | undefined
  list(): readonly Route[]
  /** Told after any has changed or gone. */
  onChanged(listener: () => void): void
}
