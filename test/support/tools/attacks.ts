import assert from 'node:assert/strict'
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
  await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
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

interface Held {
  reader: ReadableStreamDefaultReader<Uint8Array>
  bytes: number
}

/** A page begins to download something long, and stops reading in the middle. */
export async function holdDownload(page: Page, url: string): Promise<void> {
  await page.evaluate(async (at) => {
    const response = await fetch(at)
    if (!response.ok || response.body === null) throw new Error(`${response.status}`)
    const reader = response.body.getReader()
    const first = await reader.read()
    Object.assign(globalThis, { held: { reader, bytes: first.value?.length ?? 0 } satisfies Held })
  }, url)
}

/** Reads on to the end: how many bytes came, and whether it was cut before all had. */
export const readOn = (page: Page): Promise<{ bytes: number; isCut: boolean }> =>
  page.evaluate(async () => {
    const { reader, bytes } = (globalThis as unknown as { held: Held }).held
    let all = bytes
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return { bytes: all, isCut: false }
        all += value.length
      }
    } catch {
      return { bytes: all, isCut: true }
    }
  })
