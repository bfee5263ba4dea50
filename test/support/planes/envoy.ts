import { parse } from 'yaml'
import { askWhole, checkKnown, type Decided, type Fields, type Going, startStandIn, withoutHops } from './stand-in.ts'

interface Matchers {
  patterns: { exact?: string; prefix?: string }[]
}

interface Filter {
  name: string
  typed_config: {
    '@type': string
    mutations?: { request_mutations: { remove: string }[] }
    failure_mode_allow?: boolean
    allowed_headers?: Matchers
    http_service?: {
      path_prefix: string
      server_uri: { uri: string; cluster: string; timeout: string }
      authorization_response: { allowed_upstream_headers: Matchers; allowed_client_headers: Matchers }
    }
  }
}

/** What the guide says of the connection manager, beside its filters. */
interface Manager {
  use_remote_address: boolean
  normalize_path: boolean
  merge_slashes: boolean
  path_with_escaped_slashes_action: string
  common_http_protocol_options: { headers_with_underscores_action: string }
  upgrade_configs: { upgrade_type: string }[]
}

interface Configured {
  typed_per_filter_config?: Record<string, { disabled: boolean }>
}

interface VirtualHost extends Configured {
  domains: string[]
  routes: (Configured & {
    match: { prefix: string }
    route?: { cluster: string; timeout?: string }
    direct_response?: { status: number }
  })[]
}

const refused = (status: number): Decided => ({ status, fields: new Map(), body: Buffer.alloc(0) })

/**
 * Stands in for Envoy 1.30 and later, from “External Authorization”, “Header mutation filter configuration”, “HTTP
 * connection manager (proto)”, “HTTP header manipulation” and “HTTP upgrades” of envoyproxy.io.
 * @param blocks filters, connection manager, virtual hosts, as they stand in the guide
 */
export function startEnvoy(
  { edge, clusters }: { edge: number; clusters: Record<string, number> },
  blocks: readonly string[],
): Promise<AsyncDisposable> {
  const [{ http_filters: filters }, manager, { virtual_hosts: hosts }] = blocks.map(
    (block) => parse(block) as unknown,
  ) as [{ http_filters: Filter[] }, Manager, { virtual_hosts: VirtualHost[] }]
  checkKnown('the connection manager', manager, [
    'use_remote_address',
    'normalize_path',
    'merge_slashes',
    'path_with_escaped_slashes_action',
    'common_http_protocol_options',
    'upgrade_configs',
  ])
  const portOf = (cluster: string): number => {
    const port = clusters[cluster]
    if (port === undefined) throw new Error(`there is no cluster ${cluster}`)
    return port
  }

  return startStandIn(edge, async (going): Promise<Decided> => {
    const { host, address } = going
    const spelled = going.fields.keys().some((name) => name.includes('_'))
    const { headers_with_underscores_action: underscores } = manager.common_http_protocol_options
    if (spelled && underscores === 'REJECT_REQUEST') return refused(400)
    if (/^[^?]*%(2f|5c)/i.test(going.url) && manager.path_with_escaped_slashes_action === 'REJECT_REQUEST')
      return refused(400)
    const url = normalize(going.url, manager)
    const fields = withoutHops(going.fields)
    const [wanted] = going.fields.get('upgrade') ?? []
    if (wanted !== undefined && !/^h2c$/i.test(wanted)) {
      if (!manager.upgrade_configs.some(({ upgrade_type: type }) => type === wanted.toLowerCase())) return refused(403)
      fields.set('upgrade', [wanted]).set('connection', ['Upgrade'])
    }
    fields.set('host', [host])
    if (manager.use_remote_address) fields.set('x-forwarded-for', [address]).set('x-forwarded-proto', ['http'])
    const named = hosts.find(({ domains }) => domains.includes(host.toLowerCase()))
    const route = named?.routes.find(({ match }) => url.startsWith(match.prefix))
    if (named === undefined || route === undefined) return refused(404)
    checkKnown('a virtual host', named, ['name', 'domains', 'routes', 'typed_per_filter_config'])
    checkKnown('a route', route, ['match', 'route', 'direct_response', 'typed_per_filter_config'])
    let on: Fields = fields
    for (const filter of filters) {
      // What is said closer to the request counts.
      const own = { ...named.typed_per_filter_config, ...route.typed_per_filter_config }
      if (own[filter.name]?.disabled === true) continue
      const passed = await pass(filter, { ...going, url, fields: on }, portOf)
      if (!(passed instanceof Map)) return passed
      on = passed
    }
    if (route.direct_response !== undefined) return refused(route.direct_response.status)
    return { to: portOf(route.route?.cluster ?? ''), url, fields: on }
  })
}

/** Dots and doubled slashes, as `normalize_path` and `merge_slashes` have them. */
function normalize(url: string, { normalize_path: dots, merge_slashes: slashes }: Manager): string {
  const [path = '', ...query] = url.split('?')
  const tidy = dots ? new URL(`http://x${path.startsWith('//') ? `/.${path}` : path}`).pathname : path
  return [slashes ? tidy.replaceAll(/\/{2,}/g, '/') : tidy, ...query].join('?')
}

async function pass(
  { name, typed_config: settings }: Filter,
  going: Going,
  portOf: (cluster: string) => number,
): Promise<Fields | Decided> {
  const on = new Map(going.fields)
  if (name === 'envoy.filters.http.router') return on
  if (name === 'envoy.filters.http.header_mutation') {
    checkKnown(name, settings, ['@type', 'mutations'])
    for (const { remove } of settings.mutations?.request_mutations ?? []) on.delete(remove)
    return on
  }
  checkKnown(name, settings, [
    '@type',
    'transport_api_version',
    'failure_mode_allow',
    'allowed_headers',
    'http_service',
  ])
  const { http_service: service, allowed_headers: allowed } = settings
  if (service === undefined || allowed === undefined) throw new Error('it asks nobody')
  checkKnown('http_service', service, ['path_prefix', 'server_uri', 'authorization_response'])
  // These come along without being named.
  const question: Fields = new Map([['content-length', ['0']]])
  for (const [key, values] of going.fields)
    if (key === 'host' || key === 'authorization' || isAmong(key, allowed)) question.set(key, values)
  const { method, url } = going
  const port = portOf(service.server_uri.cluster)
  const answer = await askWhole({ port, method, url: `${service.path_prefix}${url}`, fields: question })
  const { allowed_upstream_headers: upstream, allowed_client_headers: client } = service.authorization_response
  if (answer.status !== 200) {
    const always = ['location', 'www-authenticate']
    return {
      ...answer,
      fields: new Map([...answer.fields].filter(([key]) => always.includes(key) || isAmong(key, client))),
    }
  }
  for (const key of answer.fields.get('x-envoy-auth-headers-to-remove')?.join().split(',') ?? []) on.delete(key.trim())
  for (const [key, values] of answer.fields) if (isAmong(key, upstream)) on.set(key, values)
  return on
}

const isAmong = (key: string, { patterns }: Matchers): boolean =>
  patterns.some(({ exact, prefix }) => (prefix === undefined ? key === exact : key.startsWith(prefix)))
