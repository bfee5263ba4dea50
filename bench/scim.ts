import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person } from '../src/walk/person.ts'
import { treeCpuMs } from './cpu-time.ts'
import { type Group, median, type Row } from './measure.ts'
import { startPostgres } from './postgres.ts'
import { serve, throwAwayFolder } from './served.ts'

const users = 10_000
const groups = 500
const thousand = 1000
/** As many requests at a time as directories make in a first sync. */
const atOnce = 4
const wantedPerSecond = 300

/** The first sync of a directory, one request for each user and each group, as Okta and Entra send them. */
export const scim: Group = {
  name: 'scim',
  does: `first sync of ${users.toLocaleString('en')} users and ${groups} groups by SCIM, on both stores`,
  async run({ rounds, say }) {
    await using postgres = await startPostgres()
    const stores: [string, (round: number) => Promise<string[]>][] = [
      ['SQLite', () => Promise.resolve([])],
      ['PostgreSQL', (round) => postgres.flags(`scim_${round}`)],
    ]
    const runs = new Map<string, Sync[]>(stores.map(([name]) => [name, []]))
    // A sync takes half a minute, so fewer rounds say as much.
    for (let round = 0; round < Math.min(rounds, 3); round++)
      for (const [name, flags] of stores) {
        const sync = await syncOnce(await flags(round))
        say(`round ${round + 1}, ${name}: ${sync.thousands.map((ms) => Math.round(1e6 / ms)).join(' ')} users/s`)
        runs.get(name)?.push(sync)
      }
    return stores.flatMap(([name]) => rowsOf(name, runs.get(name) ?? []))
  },
}

interface Sync {
  /** Milliseconds of each thousand users. */
  thousands: number[]
  groupsMs: number
  /** What the server took of that, without the disk and without PostgreSQL. */
  cpuMs: number
}

function rowsOf(store: string, syncs: readonly Sync[]): Row[] {
  const all = syncs.map(({ thousands, groupsMs }) => (thousands.reduce((a, b) => a + b, 0) + groupsMs) / users)
  const each = (at: number): number => median(syncs.map(({ thousands }) => (thousands.at(at) ?? NaN) / thousand))
  return [
    {
      measured: `first SCIM sync of ${users.toLocaleString('en')} users and ${groups} groups, ${store}, for each user`,
      unit: 'ms',
      ours: median(all),
      reach: { value: Number((1000 / wantedPerSecond).toFixed(2)) },
    },
    {
      measured: 'the same, CPU of the server alone',
      unit: 'ms',
      ours: median(syncs.map(({ cpuMs }) => cpuMs / users)),
    },
    {
      measured: `a user of the last thousand of it, ${store}`,
      unit: 'ms',
      ours: each(-1),
      peer: { name: 'of the first thousand', value: each(0) },
      reach: { ratio: 1.25 },
    },
  ]
}

async function syncOnce(flags: string[]): Promise<Sync> {
  await using folder = await throwAwayFolder(tmpdir())
  await using served = await serve({ dataFolder: join(folder.path, 'data'), flags })
  const owner = new Person(served.origin)
  await owner.register(await served.setupLink, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
  const wanted = { name: 'Bench', kind: 'other', tokenDays: null }
  const { token } = await owner.act<{ token: string }>('POST', '/directory/connections', wanted)
  using client = createClient(`${served.origin}/scim/v2`, token)
  const ids: string[] = []
  const cpuBefore = treeCpuMs(served.pid)
  const thousands: number[] = []
  for (let from = 0; from < users; from += thousand) {
    const startedAt = performance.now()
    await inTurns(thousand, async (at) => void (ids[from + at] = await client.make('/Users', userOf(from + at))))
    thousands.push(performance.now() - startedAt)
  }
  const startedAt = performance.now()
  const size = users / groups
  await inTurns(groups, async (at) => {
    const members = ids.slice(at * size, (at + 1) * size).map((value) => ({ value }))
    await client.make('/Groups', { schemas: [`${core}Group`], displayName: `Team ${at}`, members })
  })
  const groupsMs = performance.now() - startedAt
  return { thousands, groupsMs, cpuMs: treeCpuMs(served.pid) - cpuBefore }
}

const core = 'urn:ietf:params:scim:schemas:core:2.0:'

const userOf = (at: number): unknown => ({
  schemas: [`${core}User`],
  userName: `person.${at}@example.org`,
  externalId: `00u${at}`,
  name: { givenName: 'Person', familyName: `Number ${at}` },
  emails: [{ primary: true, type: 'work', value: `person.${at}@example.org` }],
  displayName: `Person Number ${at}`,
  locale: 'en-US',
  groups: [],
  active: true,
})

/** `work(0)` … `work(count - 1)`, so many at a time. */
async function inTurns(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const turns = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, turns))
}

/** Connections that are kept alive, as a directory's are. */
function createClient(base: string, token: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const { hostname, port, pathname } = new URL(base)
  return {
    /** @returns the id of what was made */
    make: (path: string, body: unknown): Promise<string> =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(JSON.stringify(body))
        const headers = {
          authorization: `Bearer ${token}`,
          'content-type': 'application/scim+json',
          'content-length': bytes.length,
        }
        const sent = request(
          { hostname, port, path: `${pathname}${path}`, method: 'POST', agent, headers },
          (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
            response.on('end', () => {
              if (response.statusCode === 201) resolve((JSON.parse(text) as { id: string }).id)
              else reject(new Error(`POST ${path}: ${response.statusCode} ${text}`))
            })
          },
        )
        sent.on('error', reject).end(bytes)
      }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}
