import assert from 'node:assert/strict'
import { choose, link, see, seeTitle, type Story } from './story.ts'

/** Everything that happened, by person, action, target, day, method and strength; each filter stands in the URL. */
export async function readAudit({ visitor, page }: Story): Promise<void> {
  await link(page, 'Audit').click()
  await seeTitle(page, 'Audit')
  const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem')
  await events.first().waitFor()
  await visitor.photograph('audit')

  await choose(page, 'Person', /Ana Example/)
  await page.waitForURL(/actor=ana/)
  await choose(page, 'What', 'Merged a pull request')
  await page.waitForURL(/action=pull-request.merged/)
  await choose(page, 'How', 'By a tap')
  await page.waitForURL(/method=passkey/)
  await page.getByLabel('Target').fill('acme/widgets')
  await page.waitForURL(/target=acme/)
  const today = await page.evaluate(() => new Date().toLocaleDateString('sv'))
  await page.getByLabel('From').fill(today)
  await page.waitForURL(/from=/)
  const strength = await page.evaluate(async () => {
    const answer = (await (await fetch('/api/v1/me/credentials')).json()) as { items: { strength: string }[] }
    return answer.items[0]?.strength
  })
  await page.goto(`${page.url()}&strength=${strength ?? ''}`)
  await events.first().waitFor()
  const sentences = await events.allInnerTexts()
  assert.equal(sentences.length, 2, sentences.join('\n'))
  for (const sentence of sentences) assert.match(sentence, /Ana Example merged acme\/widgets#\d/)
  await visitor.photograph('audit-filtered')
  await page.getByLabel('Target').fill('nothing-of-that-name')
  await see(page, 'Nothing matches these filters')
}

export async function readHome({ visitor, page }: Story): Promise<void> {
  await link(page, 'Home').first().click()
  await seeTitle(page, 'Hello, Ana Example')
  await page.getByRole('region', { name: 'Your repositories' }).getByRole('link', { name: 'acme/widgets' }).waitFor()
  await see(page, 'Add a slogan')
  await see(page, /You have one passkey/)
  await visitor.photograph('home')
}
