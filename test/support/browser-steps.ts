import type { Page } from 'playwright-core'

/** Opens a one-time link and makes a passkey; ends signed in. Only a link for nobody in particular asks who it is. */
export async function registerInBrowser(
  page: Page,
  link: string,
  who?: { name: string; username: string; email: string },
): Promise<void> {
  await page.goto(link)
  if (who !== undefined) {
    await page.getByLabel('Your name').fill(who.name)
    await page.getByLabel('Username').fill(who.username)
    await page.getByLabel('E-mail').fill(who.email)
  }
  await page.getByRole('button', { name: 'Create my passkey' }).click()
  await page.getByRole('heading', { name: /^Your passkey works/ }).waitFor()
}

export async function signOutInBrowser(page: Page): Promise<void> {
  await page.getByRole('button', { name: /your account$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sign in', exact: true }).waitFor()
}

export async function signInInBrowser(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: /^Hello, / }).waitFor()
}

export async function makeTokenInBrowser(page: Page, origin: string): Promise<string> {
  await page.goto(`${origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git on my laptop')
  await page.getByRole('button', { name: 'Make it with a tap' }).click()
  await page.getByRole('button', { name: 'Tap your key' }).click()
  return (await page.getByRole('alert').getByLabel('Text to copy').first().textContent()) ?? ''
}

export async function mergeInBrowser(page: Page, pullRequest: string): Promise<void> {
  await page.goto(`${pullRequest}/merge`)
  await page.getByRole('button', { name: 'Tap to merge' }).click()
  await page.getByRole('heading', { name: /^Merged into / }).waitFor()
}

/** A call that the page itself makes to its own origin, with its cookies. */
export async function callInBrowser<Answer>(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  const { status, text } = await page.evaluate(
    async (sent) => {
      const response = await fetch(`/api/v1${sent.path}`, {
        method: sent.method,
        ...(sent.body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent.body) }),
      })
      return { status: response.status, text: await response.text() }
    },
    { method, path, body },
  )
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}
