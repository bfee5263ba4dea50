import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import { setUp } from './entry-steps.ts'
import { link, openStory, see, seeTitle, type Story } from './story.ts'

const markdown = `# Harmless

<script>alert('script')</script>
<img src="x" onerror="alert('onerror')">
<iframe src="javascript:alert('frame')"></iframe>
<style>main { display: none }</style>

[a link](javascript:alert('link'), [one in disguise](java&#115;cript&colon;alert('entity')),
[a document](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==), [a page](page.html),
[elsewhere](https://tracker.example/page)

![a pixel](https://tracker.example/seen.png) ![another](//tracker.example/seen.png) ![a drawing](drawing.svg)
`
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(\'svg\')"><script>alert(\'inside\')</script></svg>\n'
const html = '<!doctype html><title>Owned</title><script>alert("html")</script>\n'

/** Asks nobody else, runs nothing, and leads nowhere that a browser would run. */
function watch({ page, postern }: Story): { asked: string[]; ran: string[]; links: () => Promise<string[]> } {
  const [asked, ran]: [string[], string[]] = [[], []]
  page.on('request', (request) => {
    if (!request.url().startsWith(`${postern.origin}/`)) asked.push(request.url())
  })
  page.on('dialog', (dialog) => {
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  const links = async (): Promise<string[]> => {
    const hrefs = await page
      .locator('a[href]')
      .evaluateAll((all) => all.map((one) => (one as unknown as { href: string }).href))
    return hrefs.filter((href) => !href.startsWith(`${postern.origin}/`))
  }
  return { asked, ran, links }
}

test(
  'what somebody wrote, drew or made a page of is shown, and nothing of it runs',
  { timeout: 280_000 },
  async (context) => {
    await using story = await openStory(context)
    const { page, postern, step, terminal, visitor } = story
    await setUp(story)
    await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
    await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
    await terminal.pasteWell(`git init -q -b main widgets`)
    await terminal.write('widgets/drawing.svg', svg)
    await terminal.write('widgets/page.html', html)
    await terminal.pasteWell(
      `git add -A && git commit -q -m Start && git remote add origin ${postern.origin}/acme/widgets.git && git push -q origin main
     git switch -q -c more && git commit -q --allow-empty -m '<script>alert("subject")</script>' && git push -q origin more`,
      'widgets',
    )
    const { asked, ran, links } = watch(story)
    const seeHarmless = async (): Promise<void> => {
      await page.getByRole('heading', { name: 'Harmless' }).waitFor()
      await see(page, 'a link')
      await see(page, 'one in disguise')
      await link(page, 'a pixel (tracker.example)').waitFor()
      assert.equal(await page.locator('main iframe, main script, main style, main [onerror], main [onload]').count(), 0)
      assert.deepEqual(
        [...new Set(await links())].sort(),
        ['https://tracker.example/page', 'https://tracker.example/seen.png'],
        'links to other hosts are links, and scripts are none',
      )
      const pictures = await page
        .locator('img')
        .evaluateAll((all) => all.map((one) => (one as unknown as { src: string }).src))
      assert.ok(
        pictures.every((src) => src.startsWith(`${postern.origin}/`)),
        pictures.join(),
      )
    }

    await step('a description of a pull request', async () => {
      await callInBrowser(page, 'POST', '/projects/acme/repositories/widgets/pull-requests', {
        // Read from right to left, were it not written out.
        title: '<img src=x onerror=alert(1)> \u202Edne eht',
        description: markdown,
        sourceBranch: 'more',
        targetBranch: 'main',
      })
      await page.goto(`${postern.origin}/acme/widgets/pull-requests/1`)
      await seeTitle(page, /<img src=x onerror=alert\(1\)>/)
      await seeHarmless()
      await visitor.photograph('hostile-description')
      await page.goto(postern.origin)
      await link(page, '<img src=x onerror=alert(1)> ⟦U+202E⟧dne eht').waitFor()
    })
    for (const [name, text] of [
      ['drawing.svg', 'onload='],
      ['page.html', 'alert('],
    ] as const)
      await step(`${name} is shown as its source, and comes as a file`, async () => {
        await page.goto(`${postern.origin}/acme/widgets`)
        await link(page, name).first().click()
        await see(page, text)
        const [download] = await Promise.all([page.waitForEvent('download'), link(page, 'Download').click()])
        assert.equal(download.suggestedFilename(), name)
        // Its address opened by itself is no page of this origin either.
        const opened = await page.evaluate(async (href) => {
          const { headers } = await fetch(href)
          return [headers.get('content-type'), headers.get('content-security-policy')]
        }, download.url())
        assert.deepEqual(opened, ['application/octet-stream', "sandbox; default-src 'none'"])
      })
    await step('nothing ran, nobody else was asked, and no page complained', () => {
      assert.deepEqual([ran, asked, visitor.errors], [[], [], []])
      return Promise.resolve()
    })
  },
)
