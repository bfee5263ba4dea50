import type { NewApplication } from '../../src/applications/shapes.ts'
import type { RouteForm } from '../../src/proxy/routes/route-form.ts'
import type { Person } from '../../src/walk/person.ts'

/** A tool behind the proxy, made by an administrator's tap. Returns its origin. */
export async function makeRoute(
  administrator: Person,
  slug: string,
  settings: Omit<RouteForm, 'host'>,
  more: Partial<NewApplication> = {},
): Promise<string> {
  const host = `${slug}.localhost`
  const wanted: NewApplication = {
    kind: 'route',
    slug,
    name: slug.charAt(0).toUpperCase() + slug.slice(1),
    description: '',
    recipe: null,
    launchUrl: null,
    audience: 'everyone',
    groups: [],
    strength: null,
    ...more,
    settings: { host, ...settings },
  }
  await administrator.act('POST', '/applications', wanted)
  const url = new URL(administrator.origin)
  url.hostname = host
  return url.origin
}
