import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { App } from '../http/app.ts'
import { invalid, notFound } from '../http/problem.ts'
import { type Caller, getCaller } from '../identity/caller.ts'
import { createWaits } from '../seals/waits.ts'
import type { Live } from './live.ts'

export interface LiveParts {
  db: Db<'pullRequest' | 'sealRequest'>
  live: Live
  /** Which of these repositories this caller may read. */
  listReadable: (caller: Caller, ids: readonly Id<'rep'>[]) => Promise<ReadonlySet<string>>
  /** Judges a request again as at the door: whoever listens may have been signed out since. */
  recognise: (request: FastifyRequest) => Promise<Caller | undefined>
}

const mostAbouts = 20
const heartbeatMs = 10_000

/** Server-sent events, for the few pages that wait for somebody else: HTML Living Standard §9.2. */
export function liveRoutes(app: App, { db, live, listReadable, recognise }: LiveParts): void {
  const waits = createWaits()
  const open = new Set<() => void>()
  app.addHook('preClose', (done) => {
    for (const end of open) end()
    done()
  })

  app.get('/api/v1/live', {
    config: { access: 'user', isUnattended: true },
    schema: { querystring: Type.Object({ about: Type.String({ minLength: 1, maxLength: 2_000 }) }) },
    async handler(request, reply) {
      const caller = getCaller(request)
      const wanted = [...new Set(request.query.about.split(','))]
      if (wanted.length > mostAbouts) throw invalid('about', `At most ${mostAbouts} at once.`)
      await checkReadable(caller, wanted)
      // Whoever has left meanwhile is told nothing more, not even that: their place would never come free again.
      if (reply.raw.closed) return reply.hijack()
      const place = waits.enter(caller.id)
      const { raw } = reply.hijack()
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // nginx would keep the words back otherwise.
        'x-accel-buffering': 'no',
      })
      raw.write('retry: 2000\n\n')
      const names = new Map(wanted.map((about) => [about === 'inbox' ? `inbox:${caller.id}` : about, about]))
      const stop = live.listen([...names.keys()], (about) => {
        raw.write(`event: changed\ndata: ${JSON.stringify({ about: names.get(about) })}\n\n`)
      })
      const end = (): void => void raw.end()
      const beat = setInterval(() => void look().catch(end), heartbeatMs).unref()
      open.add(end)
      raw.once('close', () => {
        clearInterval(beat)
        stop()
        open.delete(end)
        place[Symbol.dispose]()
      })

      /** An access that has ended, or no longer reaches what is listened to, ends the stream. */
      async function look(): Promise<void> {
        request.caller = await recognise(request)
        await checkReadable(getCaller(request), wanted)
        raw.write(': \n\n')
      }
    },
  })

  /** @throws 404 for what is not there or not theirs to read, alike */
  async function checkReadable(caller: Caller, abouts: readonly string[]): Promise<void> {
    const of = (kind: string): string[] => abouts.filter((about) => about.startsWith(`${kind}_`))
    const requests = of('srq')
    const own =
      requests.length === 0
        ? []
        : await db
            .selectFrom('sealRequest')
            .select('id')
            .where('id', 'in', requests as Id<'srq'>[])
            .where((eb) => eb.or([eb('userId', '=', caller.id), eb('requestedBy', '=', caller.id)]))
            .execute()
    const pulls = of('prq')
    const rows =
      pulls.length === 0
        ? []
        : await db
            .selectFrom('pullRequest')
            .select(['id', 'repositoryId'])
            .where('id', 'in', pulls as Id<'prq'>[])
            .execute()
    const repositories = [...(of('rep') as Id<'rep'>[]), ...rows.map(({ repositoryId }) => repositoryId)]
    const readable = repositories.length === 0 ? new Set<string>() : await listReadable(caller, repositories)
    const known = new Set<string>([
      'inbox',
      ...own.map(({ id }) => id),
      ...readable,
      ...rows.filter(({ repositoryId }) => readable.has(repositoryId)).map(({ id }) => id),
    ])
    if (abouts.some((about) => !known.has(about))) throw notFound('What this page would wait for')
  }
}
