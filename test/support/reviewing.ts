import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PullRequestView } from '../../src/pull-requests/shapes.ts'
import type { ReviewMade, ReviewState, ThreadView } from '../../src/pull-requests/review/shapes.ts'
import type { Person } from '../../src/walk/person.ts'
import { makeProposing } from './proposed.ts'
import { startPostern } from './start-postern.ts'

export type Reviewing = Awaited<ReturnType<typeof startReviewing>>

/** A server with a repository, people who may write, read and neither, and what they do in a review. */
export async function startReviewing(flags: string[]) {
  const postern = await startPostern({ flags })
  const ana = await postern.owner()
  const repository = await makeProposing(postern, ana, 'payments/api')
  const folder = join(postern.folder, 'work-payments-api')
  const ben = await postern.join(ana, 'ben')
  const cleo = await postern.join(ana, 'cleo')
  const reader = await postern.join(ana, 'rita')
  const guest = await postern.join(ana, 'gus', 'guest')
  let count = 0
  for (const [name, role] of Object.entries({ ben: 'write', cleo: 'write', rita: 'read' }))
    await ana.act('PUT', `${repository.path}/members/user/${name}`, { role })

  const pathOf = (number: number): string => `${repository.path}/pull-requests/${number}`
  const look = (person: Person, number: number) => person.call<ReviewState>('GET', `${pathOf(number)}/review`)
  const headOf = async (number: number) => (await ana.call<PullRequestView>('GET', pathOf(number))).headOid
  const send = async (person: Person, number: number, verdict: string, body = '', headers = {}) =>
    person.call<ReviewMade>(
      'POST',
      `${pathOf(number)}/reviews`,
      { verdict, body, headOid: await headOf(number) },
      headers,
    )
  const approve = async (person: Person, number: number, body = ''): Promise<void> => {
    const { sealRequest } = await send(person, number, 'approved', body)
    await person.tap(sealRequest?.id ?? '')
  }
  const comment = async (person: Person, number: number, given: Record<string, unknown> = {}) =>
    person.call<ThreadView>('POST', `${pathOf(number)}/threads`, {
      body: 'Why?',
      isDraft: false,
      headOid: await headOf(number),
      ...given,
    })
  const idOf = async (username: string): Promise<string> => {
    const { items } = await ana.call<{ items: { id: string; username: string }[] }>('GET', '/people')
    return items.find((person) => person.username === username)?.id ?? ''
  }
  const events = async (action: string) =>
    (await postern.postern.ceremonies.database.read
      .selectFrom('auditEvent')
      .select(['leaf'])
      .where('action', '=', action)
      .execute()) as { leaf: string }[]
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  /** A proposal with one file of these lines. */
  const propose = async (
    lines: string[] = ['one', 'two', 'three', 'four', 'five'],
  ): Promise<{ number: number; branch: string }> => {
    const branch = `change-${++count}`
    const number = await repository.propose(branch)
    await change(branch, 'file.txt', `${lines.join('\n')}\n`)
    return { number, branch }
  }
  const change = async (branch: string, file: string, text: string, message = `Write ${file}`): Promise<string> => {
    await repository.git('switch', '--quiet', branch)
    await writeFile(join(folder, file), text)
    await repository.git('add', '--all')
    await commit('--message', message)
    return push(branch)
  }
  const commit = (...args: string[]) =>
    repository.git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', 'commit', '--quiet', ...args)
  const push = async (branch: string): Promise<string> => {
    await repository.git('push', '--quiet', '--force', 'origin', branch)
    return (await repository.git('rev-parse', branch)).trim()
  }
  const counted = async (number: number) =>
    (await look(ana, number)).reviews.filter(({ counts }) => counts).map(({ reviewer }) => reviewer.username)

  return {
    postern,
    ana,
    ben,
    cleo,
    reader,
    guest,
    repository,
    folder,
    pathOf,
    look,
    headOf,
    send,
    approve,
    comment,
    idOf,
    events,
    bearer,
    propose,
    change,
    commit,
    push,
    counted,
    [Symbol.asyncDispose]: () => postern[Symbol.asyncDispose](),
  }
}
