import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { makeProposing, type Proposing } from '../../../test/support/proposed.ts'
import { refused } from '../../../test/support/refusal.ts'
import { type StartedPostern, startPostern } from '../../../test/support/start-postern.ts'
import { pageSize, renderCursor } from '../../http/page.ts'
import type { Person } from '../../walk/person.ts'

type Page<Item> = { items: Item[]; nextCursor: string | null }

const total = pageSize + 7
/** With it a name has nearly as many bytes as one may have. */
const longest = 'x'.repeat(229)
const me = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com']

describe('long lists of a repository', () => {
  let postern: StartedPostern
  let ana: Person
  let repository: Proposing
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    repository = await makeProposing(postern, ana, 'payments/long')
    await repository.git('switch', '--quiet', '--create', 'long')
    for (let count = 10; count < total + 10; count += 1) {
      await repository.git(...me, 'commit', '--quiet', '--allow-empty', '--message', `Commit ${count}`)
      await repository.git('branch', `branch-${count}-${longest}`)
      await repository.git('tag', `v${count}`)
    }
    await repository.git('push', '--quiet', 'origin', 'refs/heads/*', 'refs/tags/*')
  })
  after(() => postern[Symbol.asyncDispose]())

  const read = <Item>(list: string, cursor?: string | null): Promise<Page<Item>> =>
    ana.call('GET', `${repository.path}/${list}${cursor ? `${list.includes('?') ? '&' : '?'}cursor=${cursor}` : ''}`)

  it('branches and tags come page by page, each once', async () => {
    for (const [list, more] of [
      ['branches', 2],
      ['tags', 0],
    ] as const) {
      const first = await read<{ name: string }>(list)
      const second = await read<{ name: string }>(list, first.nextCursor)
      assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [pageSize, 7 + more, null], list)
      assert.equal(new Set([...first.items, ...second.items].map(({ name }) => name)).size, total + more)
    }
  })

  it('one that is deleted between two pages takes no other with it, and brings none back', async () => {
    const first = await read<{ name: string }>('branches')
    const last = first.items.at(-1)?.name ?? ''
    await repository.git('push', '--quiet', 'origin', `:refs/heads/${last}`)
    const rest = await read<{ name: string }>('branches', first.nextCursor)
    const names = [...first.items, ...rest.items].map(({ name }) => name)
    assert.deepEqual([names.length, new Set(names).size], [total + 2, total + 2])
    await repository.git('push', '--quiet', 'origin', last)
  })

  it('commits do too, and what is pushed meanwhile shifts no page', async () => {
    const first = await read<{ subject: string }>('commits?ref=long')
    await repository.git('switch', '--quiet', 'long')
    await repository.git(...me, 'commit', '--quiet', '--allow-empty', '--message', 'Meanwhile')
    await repository.git('push', '--quiet', 'origin', 'long')
    const second = await read<{ subject: string }>('commits?ref=long', first.nextCursor)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ subject }) => subject),
      [...Array.from({ length: total }, (_, at) => `Commit ${total + 9 - at}`), 'Add README.md'],
    )
    assert.equal(second.nextCursor, null)
    assert.equal((await read<{ subject: string }>('commits?ref=long')).items[0]?.subject, 'Meanwhile')
  })

  it('what one version holds beyond another comes page by page, from where its reader began', async () => {
    const first = await read<{ subject: string }>('compare/commits?from=main&to=long')
    await repository.git(...me, 'commit', '--quiet', '--allow-empty', '--message', 'In between')
    await repository.git('push', '--quiet', 'origin', 'long')
    const second = await read<{ subject: string }>('compare/commits?from=main&to=long', first.nextCursor)
    assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [pageSize, 8, null])
    assert.deepEqual([first.items[0]?.subject, second.items.at(-1)?.subject], ['Meanwhile', 'Commit 10'])
  })

  it('a cursor of nobody’s making finds nothing that a name would not, and breaks nothing', async () => {
    for (const list of ['branches', 'tags', 'commits'])
      for (const bad of ['x', ...[[7], ['a', 'b', 'c'], ['main', 0.5], ['main', 1e300]].map(renderCursor)])
        await refused(read(list, bad), 422, 'invalid-input')
    await repository.git('fetch', '--quiet', 'origin', 'refs/postern/seals')
    const hidden = (await repository.git('rev-parse', 'FETCH_HEAD')).trim()
    await refused(read('commits', renderCursor([hidden, 0])), 404, 'not-found')
    await refused(read('commits', renderCursor(['main^', 0])), 404, 'not-found')
    for (const ends of [`from=${hidden}&to=main`, `from=main&to=${hidden}`, 'from=main^&to=main', 'from=-x&to=main'])
      for (const part of ['', '/commits', '/files', '/files/0'])
        await refused(read(`compare${part}?${ends}`), 404, 'not-found')
    await refused(read('compare/commits?from=main&to=v66', renderCursor(['main', 0])), 422, 'invalid-input')
    for (const far of [-1, 1e9]) {
      const { items } = await read<{ subject: string }>('commits', renderCursor(['main', far]))
      assert.deepEqual(
        items.map(({ subject }) => subject),
        far < 1 ? ['Add README.md'] : [],
        String(far),
      )
    }
  })
})
