import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import type { Page } from 'playwright-core'
import { button, see, seeTitle } from '../../browser/story.ts'
import { Visitor } from '../chromium.ts'
import { startLookAlike } from './look-alike.ts'
import type { Office } from './office.ts'

/** Somebody is led to a copy of the tool, and of the sign-in behind it, and taps there: their browser refuses. */
export async function refuseAtLookAlike({ postern, visitor, addressOf }: Office, tool: string): Promise<void> {
  const real = addressOf(tool)
  await using copy = await startLookAlike([
    { name: `${tool}-login.localhost`, real },
    { name: 'postern-login.localhost', real: postern.origin },
  ])
  const page = await visitor.context.newPage()
  await page.goto(copy.addressOf(real))
  await page.waitForURL((url) => url.origin === copy.addressOf(postern.origin))
  await seeTitle(page, 'Sign in')
  await button(page, 'Sign in with a passkey').click()
  await see(page, 'Passkeys do not work at this address')
  await page.close()
  const me = await fetch(`${postern.origin}/api/v1/me`, { headers: { cookie: copy.cookiesFor(postern.origin) } })
  assert.equal(me.status, 401, 'what it was given opens nothing')
  assert.doesNotMatch(copy.typed.join('\n'), /"signature"/, 'it never got one')
}

/**
 * The same attack on a tool that signs people in by itself: what they type, and the session it bought, is the attacker's.
 * @param signIn types on the copy's page, and waits until it is signed in
 */
export async function fallAtLookAlike(
  { browser }: Office,
  own: string,
  { path, signIn, secrets }: { path: string; signIn: (page: Page) => Promise<void>; secrets: () => readonly string[] },
): Promise<string> {
  await using copy = await startLookAlike([{ name: 'own-login.localhost', real: own }])
  await using somebody = await Visitor.open(browser)
  await somebody.page.goto(`${copy.addressOf(own)}${path}`)
  await signIn(somebody.page)
  const typed = decodeURIComponent(copy.typed.join('\n').replaceAll('+', ' '))
  for (const secret of secrets()) assert.ok(typed.includes(secret), 'typed into the copy')
  return copy.cookiesFor(own)
}

/**
 * Somebody's browser begins to download something long over a line that takes no more of it for now. Browsers themselves
 * read on behind a page that does not.
 * @returns what reads on to the end: how many bytes came, and whether it was cut before all had
 */
export async function holdDownload(page: Page, url: string): Promise<() => Promise<{ bytes: number; isCut: boolean }>> {
  const { host, port, pathname, search } = new URL(url)
  const cookie = (await page.context().cookies(url)).map(({ name, value }) => `${name}=${value}`).join('; ')
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { host, cookie }
    get({ host: '127.0.0.1', port, path: `${pathname}${search}`, headers, agent: false }, resolve).once('error', reject)
  })
  assert.equal(answer.statusCode, 200)
  let isCut = false
  const over = new Promise<void>((resolve) => answer.once('close', resolve))
  answer.once('error', () => (isCut = true))
  return async () => {
    let bytes = 0
    answer.on('data', (part: Buffer) => (bytes += part.length))
    await over
    return { bytes, isCut }
  }
}
