import { Type } from 'typebox'
import type { FactRow, SensitiveAct } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import type { App } from '../http/app.ts'
import { conflict } from '../http/problem.ts'
import { actOf } from '../identity/act.ts'
import { getPerson } from '../identity/caller.ts'
import { getPlace } from '../repositories/place.ts'
import { InRepository, repositoryRoot } from '../repositories/routes/browse-shapes.ts'
import { keepMirror } from './keep-mirror.ts'
import { hostKeyFingerprint } from './host-key.ts'
import {
  changeMirror,
  createMirror,
  getMirror,
  listMirrors,
  type MirrorParts,
  removeMirror,
  wantedMirror,
} from './mirror-records.ts'
import type { Mirrors } from './mirrors.ts'
import { MirrorChange, MirrorView, NewMirror } from './shapes.ts'
import { isSshAddress } from './ssh-address.ts'

const ByPath = Type.Object(InRepository)
const ById = Type.Object({ ...InRepository, mirror: Type.String({ maxLength: 60 }) })
const Body = Type.Object({})

/** Where a repository is pushed to whenever it changes. */
export function mirrorRoutes(app: App, parts: MirrorParts & { mirrors: Mirrors; now: () => number }): void {
  const { database, mirrors, now } = parts
  const root = `${repositoryRoot}/mirrors`

  /** What is refused is refused before the tap, by the very function that carries it out. */
  const act = (verb: 'Set up' | 'Change' | 'Remove' | 'Keep'): SensitiveAct => ({
    name: 'mirror.change',
    async describe(request) {
      const { path, repository } = getPlace(request)
      const { mirror: id } = request.params as { mirror?: string }
      const before = id === undefined ? undefined : await getMirror(database.read, repository, id)
      const isAsItWas = verb === 'Remove' || verb === 'Keep'
      const after = isAsItWas ? undefined : wantedMirror(parts, before, request.body as MirrorChange)
      return {
        title: `${verb} a mirror of ${path}`,
        rows: [
          { label: 'Repository', value: path, kind: 'text' },
          { label: 'Address', value: after?.url ?? before?.url ?? '', kind: 'text' },
          ...(after === undefined ? [] : rowsOf(after, before?.url)),
        ],
        subjects: [actSubject('repository', repository.id)],
      }
    },
  })

  async function viewOf(place: ReturnType<typeof getPlace>, id: string): Promise<MirrorView> {
    const found = (await listMirrors(database.read, place.repository)).find((mirror) => mirror.id === id)
    if (found === undefined)
      throw conflict('mirror-gone', 'This mirror was removed meanwhile.', {
        help: 'Add it anew if it is still wanted.',
      })
    return found
  }

  app.get(root, {
    config: { access: 'repository:admin' },
    schema: { params: ByPath, response: { 200: Type.Object({ items: Type.Array(MirrorView) }) } },
    handler: async (request) => ({ items: await listMirrors(database.read, getPlace(request).repository) }),
  })

  app.post(root, {
    config: { access: 'repository:admin', act: act('Set up') },
    schema: { params: ByPath, body: NewMirror, response: { 200: MirrorView } },
    async handler(request) {
      const place = getPlace(request)
      const id = await createMirror(parts, actOf(request, now), place, request.body)
      await mirrors.runNow(id)
      return viewOf(place, id)
    },
  })

  app.patch(`${root}/:mirror`, {
    config: { access: 'repository:admin', act: act('Change') },
    schema: { params: ById, body: MirrorChange, response: { 200: MirrorView } },
    async handler(request) {
      const place = getPlace(request)
      const { id } = await getMirror(database.read, place.repository, request.params.mirror)
      await changeMirror(parts, actOf(request, now), place, { id, wanted: request.body })
      await mirrors.runNow(id)
      return viewOf(place, id)
    },
  })

  app.delete(`${root}/:mirror`, {
    config: { access: 'repository:admin', act: act('Remove') },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const place = getPlace(request)
      const row = await getMirror(database.read, place.repository, request.params.mirror)
      await removeMirror(parts, actOf(request, now), place, row)
      return reply.code(204).send(null)
    },
  })

  app.post(`${root}/:mirror/keep`, {
    config: { access: 'repository:admin', act: act('Keep') },
    schema: { params: ById, body: Body, response: { 200: MirrorView } },
    async handler(request) {
      const place = getPlace(request)
      const row = await getMirror(database.read, place.repository, request.params.mirror)
      await keepMirror(parts, actOf(request, now), place, row)
      return viewOf(place, row.id)
    },
  })

  app.post(`${root}/:mirror/run`, {
    config: { access: 'repository:admin' },
    schema: { params: ById, body: Body, response: { 200: MirrorView } },
    async handler(request) {
      getPerson(request)
      const place = getPlace(request)
      const row = await getMirror(database.read, place.repository, request.params.mirror)
      if (row.isActive === 0)
        throw conflict('mirror-off', 'This mirror is switched off.', { help: 'Switch it on first.' })
      await mirrors.runNow(row.id)
      return viewOf(place, row.id)
    },
  })
}

function rowsOf(after: ReturnType<typeof wantedMirror>, former: string | undefined): FactRow[] {
  const isSsh = isSshAddress(after.url)
  const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
  return [
    ...(former === undefined || former === after.url ? [] : [text('Address until now', former)]),
    ...(isSsh
      ? [text('The server’s key', hostKeyFingerprint(after.hostKey) ?? 'the first that it shows')]
      : [text('User name', after.username === '' ? 'none' : after.username)]),
    text(
      isSsh ? 'Private key' : 'Password',
      after.keepsSecret ? 'as it was' : after.secret === undefined ? 'none' : 'given anew',
    ),
    text('Branches', after.branches.length === 0 ? 'all' : after.branches.join(', ')),
    text('What somebody pushed there directly', after.overwrites ? 'is overwritten' : 'is left alone'),
    ...(after.isActive ? [] : [text('From now on', 'switched off')]),
  ]
}
