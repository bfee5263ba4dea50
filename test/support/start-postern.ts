import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { makeSetupLink } from '../../src/identity/instance.ts'
import { SoftwareAuthenticator } from '../../src/protocols/webauthn/software-authenticator.ts'
import { createPostern, type Postern } from '../../src/server.ts'
import { Person } from '../../src/walk/person.ts'

export interface StartedPostern extends AsyncDisposable {
  postern: Postern
  origin: string
  /** A folder of this test's own, removed at its end. */
  folder: string
  /** The first owner, registered and signed in. */
  owner(username?: string): Promise<Person>
  /** Adds a person and registers them through their link; the owner does the adding. */
  join(owner: Person, username: string, role?: string): Promise<Person>
  /** Somebody with an authenticator and no account. */
  stranger(): Person
  setupLink(): Promise<string>
  /** Stops the server and starts it again on the same data. */
  restart(): Promise<void>
}

export interface StartOptions {
  flags?: string[]
  now?: () => number
}

/** Starts the real server on a free port and a throw-away folder: `await using postern = await startPostern()`. */
export async function startPostern({ flags = [], now }: StartOptions = {}): Promise<StartedPostern> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-'))
  const port = await freePort()
  const config = loadConfig(
    ['--port', String(port), '--data', join(folder, 'data'), '--ssh-port', 'off', '--log-level', 'error', ...flags],
    {},
  )
  let postern = await createPostern(config, now)
  await postern.listen()
  const origin = config.url.origin
  const stranger = (): Person => new Person(origin, new SoftwareAuthenticator())
  const setupLink = async (): Promise<string> => {
    const { database, now: clock } = postern.ceremonies
    return (await makeSetupLink(database, origin, clock())).url
  }
  return {
    get postern() {
      return postern
    },
    origin,
    folder,
    stranger,
    setupLink,
    async owner(username = 'ana') {
      const person = stranger()
      await person.register(await setupLink(), applicant(username))
      return person
    },
    async join(owner, username, role = 'member') {
      const { link } = await owner.act<{ link: string }>('POST', '/people', { ...applicant(username), role })
      const person = stranger()
      await person.register(link, applicant(username))
      return person
    },
    async restart() {
      await postern.close()
      postern = await createPostern(config, now)
      await postern.listen()
    },
    async [Symbol.asyncDispose]() {
      await postern.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const applicant = (username: string) => ({
  username,
  displayName: `${username.charAt(0).toUpperCase()}${username.slice(1)} Example`,
  email: `${username}@example.com`,
})

/** Below those that systems give out by themselves, and far from where the other test processes begin to look. */
let port = 12_000 + ((process.pid * 89) % 19_000)

/** A port that is free, and stays so until it is listened at. */
export async function freePort(): Promise<number> {
  for (;;) {
    port += 1
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
