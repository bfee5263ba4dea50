import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { App } from './app.ts'
import { nothingHere } from './problem.ts'

/** Serves the built console: hashed assets for ever, and its one page at every address that nothing else answers. */
export async function consoleRoutes(app: App, { folder }: { folder: string }): Promise<void> {
  // Before the first build there is nothing to serve yet.
  await mkdir(folder, { recursive: true })
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, preCompressed: true })

  app.get('/assets/*', {
    config: { access: 'public', isStatic: true },
    handler(request, reply) {
      const path = (request.params as { '*': string })['*']
      return reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(join('assets', path))
    },
  })

  // For convenience: a verifier that matters comes from somewhere else than the server it judges.
  app.get('/-/postern-verify.mjs', {
    config: { access: 'public', isStatic: true },
    handler: (_request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="postern-verify.mjs"')
        .sendFile('postern-verify.mjs', dirname(folder)),
  })

  // What people run on their own machines comes from the instance that it speaks to.
  app.get('/-/postern.mjs', {
    config: { access: 'public', isStatic: true },
    handler: (_request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="postern.mjs"')
        .sendFile('postern.mjs', dirname(folder)),
  })

  app.all('/api/*', {
    config: { access: 'public' },
    handler() {
      throw nothingHere()
    },
  })

  for (const path of ['/', '/*'])
    app.get(path, {
      config: { access: 'public', isStatic: true },
      handler: (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'),
    })
}
