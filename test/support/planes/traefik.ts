import { parse } from 'yaml'
import { askWhole, checkKnown, type Decided, type Fields, type Going, startStandIn, withoutHops } from './stand-in.ts'

interface Router {
  rule: string
  middlewares?: string[]
  service: string
}

interface Middleware {
  headers?: { customRequestHeaders: Record<string, string> }
  forwardAuth?: { address: string; authResponseHeaders: string[] }
}

/** The part of a dynamic configuration that its guide uses. */
interface Dynamic {
  http: {
    routers: Record<string, Router>
    middlewares: Record<string, Middleware>
    services: Record<string, { loadBalancer: { servers: { url: string }[] } }>
  }
}

/** Of clients that are not trusted, Traefik takes none of these: “Forwarded headers” of its entry points. */
const forwarded = /^(x-forwarded-(for|host|port|proto|server|uri|method|prefix)|x-real-ip)$/

/**
 * Stands in for Traefik 3, from “ForwardAuth”, “Headers”, “Rules & Priority” and “EntryPoints” of doc.traefik.io. It
 * leaves paths as they come, as older versions do: what newer ones refuse or tidy up never gets as far.
 * @param instance the host of Postern itself, which has a router of its own
 */
export function startTraefik(edge: number, text: string, instance: string): Promise<AsyncDisposable> {
  const { http } = parse(text) as Dynamic
  const { routers, middlewares, services } = http
  const own: Router = { rule: `Host(\`${instance}\`)`, service: 'postern' }
  // Where two match, the longer rule wins.
  const ordered = [...Object.values(routers), own].toSorted((one, other) => other.rule.length - one.rule.length)
  for (const router of ordered) checkKnown('a router', router, ['rule', 'entryPoints', 'tls', 'middlewares', 'service'])

  return startStandIn(edge, async (going): Promise<Decided> => {
    const router = ordered.find(({ rule }) => matches(rule, going))
    if (router === undefined) return { status: 404, fields: new Map(), body: Buffer.from('404 page not found\n') }
    const { host, address } = going
    let fields: Fields = new Map([...going.fields].filter(([name]) => !forwarded.test(name)))
    for (const name of router.middlewares ?? []) {
      const middleware = middlewares[name] ?? {}
      checkKnown('a middleware', middleware, ['headers', 'forwardAuth'])
      if (middleware.headers !== undefined) fields = rewrite(fields, middleware.headers)
      if (middleware.forwardAuth === undefined) continue
      const asked = await judge(middleware.forwardAuth, going, fields)
      if (!(asked instanceof Map)) return asked
      fields = asked
    }
    const upgrade = fields.get('upgrade')
    const on = withoutHops(fields)
    // It takes a connection over for whatever is asked for.
    if (upgrade !== undefined) on.set('upgrade', upgrade.slice(0, 1)).set('connection', ['Upgrade'])
    on.set('host', [host]).set('x-forwarded-host', [host]).set('x-forwarded-proto', ['http'])
    on.set('x-forwarded-for', [address])
    const [server] = services[router.service]?.loadBalancer.servers ?? []
    return { to: Number(new URL(server?.url ?? '').port), url: going.url, fields: on }
  })
}

/** Parts of a rule, all of which must hold. */
function matches(rule: string, { host, url, fields }: Going): boolean {
  return rule.split(' && ').every((part) => {
    const [, matcher, values = ''] = /^(\w+)\((.*)\)$/.exec(part) ?? []
    const [value = '', pattern = ''] = [...values.matchAll(/`([^`]*)`/g)].map(([, each]) => each)
    if (matcher === 'Host') return host.replace(/:\d+$/, '').toLowerCase() === value
    if (matcher === 'PathPrefix') return url.startsWith(value)
    if (matcher !== 'HeaderRegexp') throw new Error(`the rule ${part} is not known here`)
    const isLoose = pattern.startsWith('(?i)')
    const expected = new RegExp(isLoose ? pattern.slice(4) : pattern, isLoose ? 'i' : '')
    return (fields.get(value.toLowerCase()) ?? []).some((each) => expected.test(each))
  })
}

/** What is empty goes, anything else replaces what came. */
function rewrite(fields: Fields, { customRequestHeaders }: NonNullable<Middleware['headers']>): Fields {
  const changed = new Map(fields)
  for (const [name, value] of Object.entries(customRequestHeaders))
    if (value === '') changed.delete(name.toLowerCase())
    else changed.set(name.toLowerCase(), [value])
  return changed
}

/** A success lets it on with the headers named; anything else is the answer, its `Location` made whole. */
async function judge(
  settings: NonNullable<Middleware['forwardAuth']>,
  { method, url, host, address }: Going,
  fields: Fields,
): Promise<Fields | Decided> {
  checkKnown('forwardAuth', settings, ['address', 'authResponseHeaders'])
  const at = new URL(settings.address)
  const question = withoutHops(fields)
  question.delete('content-length')
  question.set('host', [at.host]).set('x-forwarded-method', [method]).set('x-forwarded-uri', [url])
  question.set('x-forwarded-host', [host]).set('x-forwarded-proto', ['http']).set('x-forwarded-for', [address])
  const answer = await askWhole({ port: Number(at.port), method: 'GET', url: at.pathname, fields: question })
  if (answer.status < 200 || answer.status > 299) {
    const told = withoutHops(answer.fields)
    const [location] = told.get('location') ?? []
    if (location !== undefined) told.set('location', [new URL(location, at).href])
    return { ...answer, fields: told }
  }
  const on = new Map(fields)
  for (const name of settings.authResponseHeaders.map((each) => each.toLowerCase())) {
    on.delete(name)
    const values = answer.fields.get(name)
    if (values !== undefined) on.set(name, values)
  }
  return on
}
