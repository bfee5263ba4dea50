import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { buildIfStale } from '../../src/commands/build.ts'
import { registerInBrowser, signInInBrowser, signOutInBrowser } from '../support/browser-steps.ts'
import { Visitor } from '../support/chromium.ts'
import { unpackChromium } from '../support/packaged-chromium.ts'
import { startPostern } from '../support/start-postern.ts'

// What the browser tests run in on a machine that has none, and none of its libraries either.
test(
  'the browser that npm brings, with its own libraries, makes a passkey and signs in',
  { timeout: 120_000 },
  async () => {
    assert.ok(await buildIfStale(), 'the console could not be built')
    const folder = await mkdtemp(join(tmpdir(), 'postern-packaged-'))
    try {
      const place = join(folder, 'chromium')
      // As two test processes would that both find nothing there.
      const [{ executablePath }] = await Promise.all([unpackChromium(place), unpackChromium(place)])
      const env = { ...process.env, LD_LIBRARY_PATH: join(place, 'al2023', 'lib') }
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], env })
      try {
        await using postern = await startPostern()
        await using visitor = await Visitor.open(browser)
        await visitor.addKey()
        const who = { name: 'Ana Example', username: 'ana', email: 'ana@example.com' }
        await registerInBrowser(visitor.page, await postern.setupLink(), who)
        await visitor.page.goto(postern.origin)
        await signOutInBrowser(visitor.page)
        await signInInBrowser(visitor.page)
        assert.deepEqual(visitor.errors, [])
      } finally {
        await browser.close()
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
