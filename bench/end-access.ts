import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { ApiError, Person } from '../src/walk/person.ts'
import { type Group, median } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'

const sessions = 10
const tokens = 20
const runsPerRound = 12
/** So much that no buffer between git and the client holds it. */
const bigBytes = 64 * 1024 ** 2

/** How long somebody is still in after an administrator has decided that they are not. */
export const endAccess: Group = {
  name: 'end-access',
  does: `access that ends: ${sessions} sessions, ${tokens} tokens, a clone and an event stream under way`,
  async run({ rounds, say }) {
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({
      dataFolder: join(folder.path, 'data'),
      flags: ['--rate-limit', '1000000', '--log-level', 'fatal'],
    })
    const { origin } = served
    const ana = new Person(origin)
    await ana.register(await served.setupLink, applicant('ana'))
    const tip = await makeBig(ana, { origin, work: join(folder.path, 'work') })
    const times: number[] = []
    await endOne(ana, { origin, tip, username: 'warm-up' })
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`)
      for (let run = 0; run < runsPerRound; run++)
        times.push(await endOne(ana, { origin, tip, username: `p${round}-${run}` }))
    }
    const sorted = times.toSorted((one, other) => one - other)
    const what = `access ended: ${sessions} sessions, ${tokens} tokens, an open clone and event stream; decision to last connection cut`
    return [
      { measured: `${what}, median of ${times.length}`, unit: 'ms', ours: median(times) },
      {
        measured: `the same, p99`,
        unit: 'ms',
        ours: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN,
        reach: { value: 100 },
      },
    ]
  },
}

const applicant = (username: string) => ({ username, displayName: username, email: `${username}@example.com` })

/** From the decision's request on its way, its tap made, until the client of the last connection sees it cut. */
async function endOne(
  ana: Person,
  { origin, tip, username }: { origin: string; tip: string; username: string },
): Promise<number> {
  const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant(username), role: 'member' })
  const person = new Person(origin)
  await person.register(link, applicant(username))
  for (let more = 1; more < sessions; more++) await new Person(origin, person.authenticator).signIn()
  let token = ''
  for (let made = 0; made < tokens; made++)
    token = await person.makeToken(`token ${made}`, ['repository:read', 'account:read'])
  const path = `/people/${username}/end`
  const asked = await ana.call('POST', path, { reason: '' }).then(
    () => undefined,
    (error: unknown) => (error instanceof ApiError ? error.problem.sealRequestId : undefined),
  )
  if (asked === undefined) throw new Error('the end takes a tap')
  const seal = await ana.tap(asked)
  const stream = await open(origin, { path: '/api/v1/live?about=inbox', token })
  stream.resume()
  const clone = await open(origin, { path: '/bench/big.git/git-upload-pack', token, body: wanting(tip) })
  const startedAt = performance.now()
  const gone = Promise.all([cut(stream), cut(clone)]).then(() => performance.now() - startedAt)
  // Only now is it read: until here it waits for its reader, and is under way.
  clone.resume()
  const [took] = await Promise.all([gone, ana.call('POST', path, { reason: '' }, { 'postern-seal': seal })])
  if (clone.complete) throw new Error('the clone had ended before it was cut')
  return took
}

const cut = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve) => response.on('error', () => {}).once('close', resolve))

async function open(
  origin: string,
  { path, token, body }: { path: string; token: string; body?: Buffer },
): Promise<IncomingMessage> {
  const sent = request(new URL(path, origin), {
    method: body === undefined ? 'GET' : 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' }),
    },
  })
  sent.on('error', () => {})
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`)
  return response
}

/** gitprotocol-v2, fetch: everything that leads to the tip. */
const wanting = (tip: string): Buffer =>
  Buffer.concat([
    encodePkt('command=fetch\n'),
    Buffer.from('0001'),
    encodePkt('no-progress\n'),
    encodePkt(`want ${tip}\n`),
    encodePkt('done\n'),
    flushPkt,
  ])

async function makeBig(ana: Person, { origin, work }: { origin: string; work: string }): Promise<string> {
  await ana.call('POST', '/projects', { name: 'bench', description: '' })
  const repository = { name: 'big', description: '', visibility: 'internal' }
  await ana.call('POST', '/projects/bench/repositories', repository)
  await mkdir(work)
  const git = (...args: string[]): Promise<string> =>
    gitOrThrow(work, args, commitAs('Ana', 'ana@example.com', Date.now()))
  await git('init', '--quiet', '--initial-branch=main')
  await writeFile(join(work, 'big.bin'), randomBytes(bigBytes))
  await git('add', '--all')
  await git('commit', '--quiet', '--message=big')
  const token = await ana.makeToken('bench')
  await git(...withToken(token), 'push', '--quiet', `${origin}/bench/big.git`, 'main')
  return (await git('rev-parse', 'HEAD')).trim()
}
