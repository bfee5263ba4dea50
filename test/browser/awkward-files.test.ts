import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import { editABranch, proposeAnEdit } from './edit-steps.ts'
import { setUp } from './entry-steps.ts'
import { button, link, linesOf, openStory, see, seeTitle, type Story } from './story.ts'

const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const readme = `# Widgets <script>window.ran = 'script'</script>

<img src="x" onerror="window.ran = 'onerror'">
<iframe src="https://elsewhere.example/frame"></iframe>
<a href="javascript:window.ran = 'link of HTML'">pressed as HTML</a>

**Small parts**, [press me](javascript:window.ran='link'), ![far](https://elsewhere.example/far.png)

![near](dot.png) and [the lines](lines.txt), [how it ends](book.md#the-end)
`

const numbered = (count: number, words: string): string =>
  Array.from({ length: count }, (_, index) => `${words} ${index + 1}\n`).join('')

// A repository as one has it already, with what is hard to show and what would like to run.
test('what was pushed is shown as far as it can be, and does nothing', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { page, postern, step, terminal, visitor } = story
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await setUp(story)
  await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
  await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const secret = await makeTokenInBrowser(page, postern.origin)
  await terminal.answerGitWith('ana', secret)

  await step('the lines for a repository that one has, whatever its branch is called', async () => {
    await terminal.pasteWell('git init -q -b trunk widgets')
    await terminal.write('widgets/README.md', readme)
    await terminal.write('widgets/lines.txt', 'one\ntwo\nthree\n')
    await terminal.write('widgets/letter.md', '# Dear all\r\n\r\n  Smal parts.\r\n')
    await terminal.write('widgets/book.md', `# Book\n\n${'And then?\n\n'.repeat(200)}## The end\n\nAll was well.\n`)
    await writeFile(join(terminal.home, 'widgets/dot.png'), Buffer.from(dot, 'base64'))
    await terminal.pasteWell(`git add -A && git commit -q -m 'All there is'`, 'widgets')
    await page.goto(`${postern.origin}/acme/widgets`)
    await terminal.pasteWell(await linesOf(page, 'A repository you already have'), 'widgets')
    await see(page, /main is protected from/)
  })

  await step('the README is rendered; nothing in it runs, or is fetched from elsewhere', async () => {
    const shown = page.getByRole('region', { name: 'README.md' })
    await shown.locator('strong', { hasText: 'Small parts' }).waitFor()
    const near = shown.getByRole('img', { name: 'near' })
    await near.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
    assert.equal(await shown.locator('script, iframe, [onerror], img[src="x"], a[href^="javascript"]').count(), 0)
    assert.equal(
      await link(shown, /far \(elsewhere\.example\)/).getAttribute('href'),
      'https://elsewhere.example/far.png',
    )
    await shown.getByText('press me').click()
    await shown.getByText('pressed as HTML').click()
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.deepEqual(
      asked.filter((url) => new URL(url).origin !== postern.origin),
      [],
    )
    await visitor.photograph('readme-sanitised')
    await link(shown, 'the lines').click()
    await see(page, 'three')
    await page.goto(`${postern.origin}/acme/widgets`)
    await link(shown, 'how it ends').click()
    await page.getByRole('heading', { name: 'The end' }).waitFor()
    await page.evaluate(
      `new Promise((resolve) => {
         const isThere = (seen) => seen.some(({ isIntersecting }) => isIntersecting) && resolve()
         new IntersectionObserver(isThere).observe(document.getElementById('user-content-the-end'))
       })`,
    )
  })

  await step('a change with a binary file, a long one and one too large', () => readAwkwardChange(story))
  await step('the files themselves say why they are not shown', async () => {
    await page.goto(`${postern.origin}/acme/widgets/file/dot.png?ref=odd`)
    await see(page, 'This is a binary file. Download it to look inside.')
    await page.goto(`${postern.origin}/acme/widgets/file/huge.txt?ref=odd`)
    await see(page, 'This file is too large to show here. Download it to read it.')
    await link(page, 'Download').waitFor()
  })
  await step('what Git LFS keeps is shown as what it is, and where it is missing, how to bring it', () =>
    readLargeFiles(story, secret),
  )
  await step('a file is mended where it is read, line ends and all, and the change proposed', () =>
    proposeAnEdit(story),
  )
  await step('files come and go on a branch, and one that moved meanwhile has a way on', () => editABranch(story))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})

async function readAwkwardChange({ page, postern, terminal, visitor }: Story): Promise<void> {
  await terminal.pasteWell('git switch -q -c odd', 'widgets')
  await terminal.write('widgets/lines.txt', 'one\ndeux\nthree\n')
  await terminal.write('widgets/long.txt', numbered(1600, 'line'))
  await terminal.write('widgets/huge.txt', numbered(20_001, 'one of very many lines, and each of them is rather long'))
  await writeFile(join(terminal.home, 'widgets/dot.png'), Buffer.from([0x89, 0x50, 0, 1]))
  await terminal.pasteWell(`git add -A && git commit -q -m 'Change all' && git push -q origin odd`, 'widgets')
  await page.goto(`${postern.origin}/acme/widgets/pull-requests/new?source=odd`)
  await see(page, '1 commit would be merged')
  await button(page, 'Open pull request').click()
  await seeTitle(page, /Change all #1/)
  await link(page, 'Files').click()
  await see(page, '4 files changed')

  const fileOf = (name: string) => page.getByRole('region', { name, exact: true })
  await see(fileOf('dot.png'), 'Binary')
  await see(fileOf('dot.png'), 'This is a binary file, so its lines cannot be compared.')
  await see(fileOf('huge.txt'), /This change is too large to show here\. Fetch the branch and read it with git diff\./)
  await see(fileOf('long.txt'), /A large change: 1,6\d\d lines\./)
  await visitor.photograph('diff-awkward')
  await button(fileOf('long.txt'), 'Show it').click()
  await see(fileOf('long.txt'), 'line 1600')

  // What was and what is: below each other, then beside each other.
  const changed = fileOf('lines.txt').getByRole('row')
  const [was, is, both] = [
    changed.filter({ hasText: 'two' }),
    changed.filter({ hasText: 'deux' }),
    changed.filter({ hasText: 'two' }).filter({ hasText: 'deux' }),
  ]
  await was.waitFor()
  await is.waitFor()
  assert.equal(await both.count(), 0)
  await page.getByRole('radiogroup', { name: 'How to show the changes' }).getByText('Split').click()
  await both.waitFor()
}

async function readLargeFiles({ page, postern, terminal, visitor }: Story, secret: string): Promise<void> {
  const pointerTo = (content: Buffer): string =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`
  const bring = async (content: Buffer): Promise<void> => {
    const { status } = await fetch(`${postern.origin}/acme/widgets.git/info/lfs/objects/${oidOf(content)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' },
      body: content,
    })
    assert.equal(status, 200)
  }
  const picture = Buffer.from(dot, 'base64')
  const longer = Buffer.concat([picture, Buffer.alloc(2000)])
  await bring(picture)
  await bring(longer)
  await terminal.pasteWell('git switch -q -c large', 'widgets')
  await terminal.write('widgets/.lfsconfig', '[lfs]\n\turl = https://elsewhere.example/lfs\n')
  await terminal.write('widgets/lost.bin', pointerTo(Buffer.from('nobody brought it')))
  await terminal.write('widgets/photo.png', pointerTo(picture))
  await terminal.pasteWell(`git add -A && git commit -q -m 'Add a photo' && git push -q origin large`, 'widgets')
  await terminal.write('widgets/photo.png', pointerTo(longer))
  await terminal.pasteWell(`git commit -q -a -m 'A longer one' && git push -q origin large`, 'widgets')

  await page.goto(`${postern.origin}/acme/widgets/file/photo.png?ref=large`)
  await see(page, '2.1 KB, kept by Git LFS')
  const shown = page.getByRole('img', { name: 'photo.png' })
  await shown.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
  await visitor.photograph('file-of-lfs')
  await page.goto(`${postern.origin}/acme/widgets/file/lost.bin?ref=large`)
  await see(page, 'Git LFS keeps this file, 17 bytes, and it is not on this server.')
  await see(page, 'git lfs push --all origin')
  await visitor.photograph('file-of-lfs-missing')
  const oid = (await terminal.pasteWell('git rev-parse HEAD', 'widgets')).trim()
  await page.goto(`${postern.origin}/acme/widgets/commits/${oid}`)
  await see(page, 'Git LFS keeps this file: 70 bytes before, 2.1 KB after.')
  await visitor.photograph('change-of-lfs')
}

const oidOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
