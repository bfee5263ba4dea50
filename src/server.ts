import { mkdir } from 'node:fs/promises'
import type { Attestation } from './attestation/attestation.ts'
import { openCallers } from './composition/callers.ts'
import { codeRoutes } from './composition/code-routes.ts'
import { openCode } from './composition/code.ts'
import { openFoundations } from './composition/foundations.ts'
import { houseRoutes } from './composition/house-routes.ts'
import { createJobs } from './composition/jobs.ts'
import { peopleRoutes } from './composition/people-routes.ts'
import { openPeople } from './composition/people.ts'
import { openProxy } from './composition/proxy.ts'
import { openSignOn } from './composition/sign-on.ts'
import { openSsh, type SshParts } from './composition/ssh.ts'
import { openStorage, startGit } from './composition/storage.ts'
import { toolRoutes } from './composition/tool-routes.ts'
import { openWeb } from './composition/web.ts'
import type { Config } from './config.ts'
import type { LoadedPolicy } from './guardrails/in-force.ts'
import { openapiRoutes } from './http/openapi.ts'
import { listenAtOtherLoopback } from './http/other-loopback.ts'
import type { EndAccess } from './identity/ending/end-access.ts'
import { endByShell } from './identity/ending/end-by-shell.ts'
import type { Ceremonies } from './identity/registration.ts'
import type { SshView } from './ssh/shapes.ts'
import { version } from './version.ts'

export interface Postern {
  ceremonies: Ceremonies
  policy: LoadedPolicy
  attestation: Attestation
  endAccess: EndAccess
  /** An end that whoever has the machine decides. */
  endByShell(wanted: { username: string; reason: string }): ReturnType<typeof endByShell>
  isSetUp: boolean
  /** Where SSH listens; null where it is off, 0 before it does. */
  sshPort(): number | null
  /** Where people reach it; null where it is off. */
  ssh(): SshView | null
  /** Every route as it was declared, for the access table. */
  routes: readonly { method: string; url: string; access: string; act: string }[]
  listen(): Promise<void>
  close(): Promise<void>
}

/**
 * The composition root: opens every part of the house, clock included, from the bottom to the top, and gives each
 * what it needs; `composition/` says what that is. It decides nothing itself.
 */
export async function createPostern(config: Config, now: () => number = Date.now): Promise<Postern> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  // What was opened is closed again in reverse order, also when the start fails half way.
  await using opened = new AsyncDisposableStack()
  const startingGit = startGit(config, opened)
  const base = await openFoundations(config, now, opened)
  const { app, database, bus, ceremonies, policy, attestation, instance } = base
  const callers = await openCallers(base)
  const proxy = openProxy(base, callers)
  const signOn = await openSignOn(base, proxy.kind)
  const storage = await openStorage(base, startingGit)
  // Nobody is connected any more when the parts above close, and those below have closed by then.
  opened.defer(() => app.close())
  let ssh: SshParts | undefined
  opened.defer(() => ssh?.server?.close())
  const web = openWeb(base, callers, proxy, storage)
  const people = await openPeople(base)
  const code = await openCode(base, storage, people)
  ssh = await openSsh(base, callers, code)

  await openapiRoutes(app, { url: base.place.origin, version })
  peopleRoutes(base, callers, people, code)
  codeRoutes(base, callers, code, ssh)
  await toolRoutes(base, callers, proxy, signOn, web)
  await houseRoutes(base, callers, people, code, signOn, proxy)

  const { endAccess, receipts } = people
  const jobs = createJobs({
    ...base,
    endAccess,
    cut: callers.cut,
    signersChanged: code.projectAll,
    signOnKeys: signOn.keys.current,
    openidClients: signOn.clients,
  })
  opened.defer(() => jobs.close())
  base.after(jobs.after)

  const running = opened.move()
  const { server, view } = ssh
  return {
    ceremonies,
    policy,
    attestation,
    endAccess,
    endByShell: (wanted) => endByShell({ database, endAccess, receipts, now }, wanted),
    isSetUp: instance.setUpAt !== null,
    routes: web.routes,
    sshPort: () => server?.port() ?? null,
    ssh: view,
    async listen() {
      await bus.start()
      await proxy.routesFile?.start()
      await proxy.routes.start()
      receipts.start()
      await app.listen({ port: config.port, host: config.listen })
      if (config.listen === 'localhost') running.use(await listenAtOtherLoopback(app.server))
      await server?.listen()
      people.start()
      await code.start()
      jobs.start()
    },
    close: () => running.disposeAsync(),
  }
}
