import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { commitThere, startGitRemote } from './support/git-remote.ts'
import { allowed, begin, ended, secret } from './support/imports.ts'
import { startPostern } from './support/start-postern.ts'

test('files of Git LFS come along, and nothing that the other server says about them is believed', async () => {
  await using postern = await startPostern({ flags: allowed })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'moved', description: '' })
  const { url, folder } = await remote.create('films.git')
  const [film, song, forged, inside, gone] = ['a film', 'a song', 'forged', 'inside', 'gone'].map((name) => {
    const content = Buffer.concat([Buffer.from(name), randomBytes(3000)])
    return { content, oid: createHash('sha256').update(content).digest('hex'), size: content.length }
  })
  if (!film || !song || !forged || !inside || !gone) assert.fail()
  const files = { film, song, forged, inside, gone }
  const pointers = Object.entries(files).map(([name, { oid, size }]) => [
    `${name}.bin`,
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`,
  ])
  await commitThere(folder, 'main', Object.fromEntries(pointers) as Record<string, string>)
  remote.account = { username: 'tess', password: secret }
  const known = `Basic ${Buffer.from(`tess:${secret}`).toString('base64')}`
  const shown: Record<string, string | undefined> = {}
  remote.intercept = ({ url: asked = '', headers }, response) => {
    const { origin } = remote
    if (asked === '/films.git/info/lfs/objects/batch') {
      assert.equal(headers.authorization, known)
      const download = (href: string, header = {}) => ({ actions: { download: { href, header } } })
      const objects = [
        { oid: film.oid, ...download(`${origin}/lfs/film`) },
        {
          oid: song.oid,
          ...download(`${origin}/lfs/song`, { Authorization: 'Bearer ticket', Host: 'x', 'X-Key': 'y' }),
        },
        { oid: forged.oid, ...download(`${origin}/lfs/forged`) },
        { oid: inside.oid, ...download('http://169.254.169.254/latest') },
        { oid: gone.oid, error: { code: 404, message: '<b>gone</b>' } },
        { oid: '../../../../etc/passwd', ...download(`${origin}/lfs/film`) },
      ]
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ objects }))
      return true
    }
    const [, what = ''] = /^\/(?:lfs|store)\/(.+)$/.exec(asked) ?? []
    if (what === '') return false
    shown[asked] = headers.authorization
    if (asked === '/lfs/film') response.writeHead(302, { location: `${origin}/store/film` }).end()
    else if (what === 'forged') response.end(randomBytes(forged.size))
    else response.end(what === 'film' ? film.content : song.content)
    return true
  }
  await begin(ana, 'films', url, { username: 'tess', password: secret })
  const done = await ended(ana, 'films')
  assert.deepEqual([done.result?.lfsPointers, done.result?.lfs?.brought, done.result?.lfs?.missing], [5, 2, 3])
  assert.equal(done.result?.lfs?.bytes, film.size + song.size)
  // The password goes to the other server alone, and not where it leads to.
  assert.deepEqual([shown['/lfs/film'], shown['/store/film'], shown['/lfs/song']], [known, undefined, 'Bearer ticket'])
  const token = await ana.makeToken('films')
  const fetched = async ({ oid }: { oid: string }) => {
    const answer = await fetch(`${postern.origin}/moved/films.git/info/lfs/objects/${oid}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : answer.status
  }
  for (const file of [film, song]) assert.deepEqual(await fetched(file), file.content)
  for (const file of [forged, inside, gone]) assert.equal(await fetched(file), 404)
})
