import { type Application, listApplications } from '../../applications/application.ts'
import type { ApplicationKind } from '../../applications/application-kind.ts'
import { changeApplication, createApplication, endApplication } from '../../applications/changing.ts'
import type { Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { lockInstance } from '../../identity/lock-instance.ts'
import type { FileRoute } from './file-route.ts'
import type { RouteForm } from './route-form.ts'

/** Names the route at which a file could not be followed. */
export class UnfitRoute extends Error {
  override readonly name = 'UnfitRoute'
  readonly slug: string

  constructor(slug: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.slug = slug
  }
}

/**
 * Makes what stands in the file what there is, all of it or nothing: new ones are made, those gone from it end, and what
 * has not changed is left alone. Returns how many it touched. @throws UnfitRoute
 */
export async function applyRoutesFile(
  tx: Tx<TableName>,
  routes: ReadonlyMap<string, FileRoute>,
  { kind, file, at }: { kind: ApplicationKind<RouteForm>; file: string; at: number },
): Promise<number> {
  const decided = { actor: null, file, at }
  // Another node that follows it too has done it by then, or waits.
  await lockInstance(tx)
  const rows = await tx.selectFrom('proxyRoute').selectAll().where('source', '=', 'file').execute()
  const hosts = new Map(rows.map(({ applicationId, host }) => [applicationId, host]))
  const standing = (await listApplications(tx)).filter(({ id }) => hosts.has(id))
  let touched = 0
  for (const application of standing.filter(({ slug }) => !routes.has(slug))) {
    await endApplication(tx, kind, application, decided)
    touched += 1
  }
  const kept = standing.filter(({ slug }) => routes.has(slug))
  const former = new Map<string, RouteForm>()
  for (const application of kept) former.set(application.id, await kind.view(tx, application))
  // Two may change names with each other: both give theirs up first.
  for (const { id, slug } of kept)
    if (routes.get(slug)?.host !== hosts.get(id))
      await tx.updateTable('proxyRoute').set({ host: id }).where('applicationId', '=', id).execute()

  for (const [slug, route] of routes) {
    const application = kept.find((each) => each.slug === slug)
    try {
      if (application === undefined) await createApplication(tx, kind, wantedOf(slug, route), decided)
      else if (await isSame(tx, application, route, former.get(application.id))) continue
      else {
        const { slug: _, kind: __, recipe: ___, ...changes } = wantedOf(slug, route)
        await changeApplication(tx, kind, application, changes, decided, former.get(application.id))
      }
    } catch (error) {
      throw new UnfitRoute(slug, error)
    }
    touched += 1
  }
  return touched
}

function wantedOf(slug: string, route: FileRoute) {
  const { name = slug, description = '', recipe = null, audience, groups = [], strength = null, ...settings } = route
  return {
    kind: 'route' as const,
    slug,
    name,
    description,
    recipe,
    launchUrl: null,
    strength,
    settings,
    audience: audience ?? ('groups' as const),
    groups,
  }
}

/** Whether nothing of it has changed, as it is kept: whatever order it is written in. */
async function isSame(
  tx: Tx<TableName>,
  application: Application,
  route: FileRoute,
  former: RouteForm | undefined,
): Promise<boolean> {
  const groups = await tx
    .selectFrom('userGroup')
    .select('name')
    .where('id', 'in', ['' as never, ...application.groupIds])
    .orderBy('name')
    .execute()
  const wanted = wantedOf(application.slug, route)
  const { name, description, audience, strength } = application
  return (
    wanted.name === name &&
    wanted.description === description &&
    wanted.audience === audience &&
    wanted.strength === strength &&
    sorted([...wanted.groups].toSorted()) === sorted(groups.map((group) => group.name).toSorted()) &&
    sorted(wanted.settings) === sorted(former)
  )
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  )
