import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import { addDemoPeople, retireDemoPeople } from '../identity/demo-people.ts'
import { linkUrl } from '../identity/registration-links.ts'
import { commitAs, gitOrThrow, withToken } from '../walk/git.ts'
import { Person } from '../walk/person.ts'
import { baseline, group, people, type Proposal, project, proposals, repository, tool } from './content.ts'

export interface DemoParts {
  database: Database
  origin: string
  /** Where this process reaches the server, whatever its public address. */
  address: string
  now: () => number
  say: (line: string) => void
}

const R = `/projects/${project.name}/repositories/${repository.name}`

/**
 * `demo/` owns an example organisation: filled through the public API by people with software keys, labelled, and
 * removable. Nobody keeps those keys, and the example people may do nothing afterwards.
 */
export async function fillDemo(parts: DemoParts): Promise<void> {
  const { database, origin, address, now, say } = parts
  const known = await database.read.selectFrom('user').select('id').where('isDemo', '=', 1).limit(1).execute()
  if (known.length > 0) return
  say('Filling in the example organisation…')
  const folder = await mkdtemp(join(tmpdir(), 'postern-demo-'))
  try {
    const links = await addDemoPeople(database, people, now())
    const [maya, noah] = await Promise.all(
      people.map(async (person, index) => {
        const somebody = new Person(origin, undefined, address)
        await somebody.register(linkUrl(origin, links[index] ?? ''), person, 'Example key')
        return somebody
      }),
    )
    if (maya === undefined || noah === undefined) throw new Error('the example people did not register')
    await addTool(maya, origin)
    await fillRepository(maya, noah, { folder, address, now })
    for (const person of [maya, noah]) await endTokens(person)
    await retireDemoPeople(database, now())
    await database.write((tx) =>
      recordEvent(tx, {
        action: 'demo.created',
        actor: null,
        target: { kind: 'project', id: project.name },
        at: now(),
      }),
    )
    say(`The example is at ${origin}/${project.name}/${repository.name}; an owner can remove it from Home.`)
    if (new URL(origin).hostname === 'localhost')
      say(`A tool behind the proxy that shows who came: ${origin.replace('localhost', 'who.localhost')}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Browsers find names below localhost by themselves; elsewhere nobody has given us one. */
async function addTool(maya: Person, origin: string): Promise<void> {
  if (new URL(origin).hostname !== 'localhost') return
  await maya.act('POST', '/applications', {
    ...tool,
    kind: 'route',
    recipe: null,
    launchUrl: null,
    audience: 'everyone',
    groups: [],
    strength: null,
    settings: {
      host: 'who.localhost',
      upstream: 'postern:who',
      identityHeaders: { 'Remote-User': 'username', 'Remote-Groups': 'groups' },
    },
  })
}

async function fillRepository(
  maya: Person,
  noah: Person,
  { folder, address, now }: { folder: string; address: string; now: () => number },
): Promise<void> {
  await maya.act('POST', '/groups', group)
  await maya.act('PUT', `/groups/${group.name}/members/${people[1].username}`, {})
  await maya.call('POST', '/projects', project)
  await maya.act('PUT', `/projects/${project.name}/members/group/${group.name}`, { role: 'write' })
  await maya.call('POST', `/projects/${project.name}/repositories`, { ...repository, visibility: 'internal' })

  const mayasToken = await maya.makeToken('example')
  const noahsToken = await noah.makeToken('example')
  const work = join(folder, 'work')
  await gitOrThrow(folder, ['init', '--quiet', '--initial-branch=main', work])
  await gitOrThrow(work, ['remote', 'add', 'origin', `${address}/${project.name}/${repository.name}.git`])
  await commit(
    work,
    { files: baseline, message: 'Open the shop' },
    commitAs(people[0].displayName, people[0].email, now()),
  )
  await gitOrThrow(work, [...withToken(mayasToken), 'push', '--quiet', 'origin', 'main'])
  const start = await maya.call<{ sealRequestId: string }>('POST', `${R}/protected-branches/main/start-seal`, {})
  await maya.call(
    'POST',
    `${R}/protected-branches/main/start`,
    {},
    { 'postern-seal': await maya.tap(start.sealRequestId) },
  )

  for (const proposal of proposals) {
    await gitOrThrow(work, [...withToken(noahsToken), 'fetch', '--quiet', 'origin'])
    // The open ones start from the first version, so that one of them conflicts with what was merged since.
    const from = proposal.branch === 'monday-too' ? 'main' : 'origin/main'
    await gitOrThrow(work, ['switch', '--quiet', '--create', proposal.branch, from])
    await commit(
      work,
      { files: proposal.files, message: proposal.title },
      commitAs(people[1].displayName, people[1].email, now()),
    )
    await gitOrThrow(work, [...withToken(noahsToken), 'push', '--quiet', 'origin', proposal.branch])
    await propose(maya, noah, proposal)
  }
}

async function propose(maya: Person, noah: Person, { branch, title, description, ends }: Proposal): Promise<void> {
  const { number } = await noah.call<{ number: number }>('POST', `${R}/pull-requests`, {
    title,
    description,
    sourceBranch: branch,
    targetBranch: 'main',
  })
  if (ends === 'open') return
  const prepared = await maya.call<{ sealRequestId: string }>(
    'POST',
    `${R}/pull-requests/${number}/merge-preparation`,
    { method: ends },
  )
  const seal = await maya.tap(prepared.sealRequestId)
  await maya.call('POST', `${R}/pull-requests/${number}/merge`, { method: ends }, { 'postern-seal': seal })
}

async function endTokens(person: Person): Promise<void> {
  const { items } = await person.call<{ items: { id: string }[] }>('GET', '/me/tokens')
  for (const { id } of items) await person.act('DELETE', `/me/tokens/${id}`)
}

async function commit(
  work: string,
  { files, message }: { files: Record<string, string>; message: string },
  author: Record<string, string>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(work, path)), { recursive: true })
    await writeFile(join(work, path), text)
  }
  await gitOrThrow(work, ['add', '--all'])
  await gitOrThrow(work, ['commit', '--quiet', '--message', message], author)
}
