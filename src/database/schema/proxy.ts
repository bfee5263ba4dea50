import type { Id } from '../id.ts'

/** The tables that `proxy/` writes. */
export interface ProxyTables {
  proxyRoute: ProxyRouteTable
}

/** A host name in front of one tool; who may stands with its application. */
export interface ProxyRouteTable {
  applicationId: Id<'app'>
  /** In small letters, without a port; unique among those whose application has not ended. */
  host: string
  /** `console`: made with a tap; `file`: it stands in `routes.yaml`, and changes only there. */
  source: 'console' | 'file'
  /** JSON: where it leads and how, `RouteSettings` of `proxy/route-settings.ts`. */
  settings: string
  changedAt: number
}
