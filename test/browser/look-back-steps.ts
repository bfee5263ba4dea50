import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { button, choose, link, see, seeTitle, type Story } from './story.ts'

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
  // Of an hour ago: it may have become midnight since the merges.
  const day = await page.evaluate(() => new Date(Date.now() - 3_600_000).toLocaleDateString('sv'))
  await page.getByLabel('From').fill(day)
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
  await page.getByRole('region', { name: 'Your pull requests' }).getByRole('link', { name: 'Add a slogan' }).waitFor()
  await see(page, /You have one passkey/)
  await visitor.photograph('home')
}

/** How people came in, as the ledger has it: in words, in a table beside them, and as a file. */
export async function readFigures({ visitor, page, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/insights`)
  await see(page, /^\d sign-ins since/)
  const rowsOf = async (table: string): Promise<string[]> => {
    const rows = page.getByRole('table', { name: table, exact: true }).getByRole('row')
    await rows.nth(1).waitFor()
    return (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim())
  }
  // Two on another browser; on this one two at least: its key may answer what the page offers by itself as well.
  const signIns = (await rowsOf('Sign-ins')).slice(1).sort()
  const how = 'By a tap · a key that says it cannot be copied (not verified)'
  assert.equal(signIns.length, 2, signIns.join('\n'))
  const [ofHardware = '', ofDevice = ''] = signIns
  assert.ok(ofHardware.startsWith(`A hardware key ${how} 2 `), ofHardware)
  assert.ok(ofDevice.startsWith(`The key of one device ${how} `), ofDevice)
  const [heads, all, ...kinds] = await rowsOf('Time to sign in')
  assert.equal(heads, 'Kind of key Count Half within 95% within')
  assert.match(all ?? '', /^All [4-9] \d+(\.\d)? s \d+(\.\d)? s$/)
  assert.equal(kinds.length, 2)
  await see(page, 'Nobody: everyone here has a passkey that works.')
  const saving = page.waitForEvent('download')
  await button(page, 'CSV: Sign-ins').click()
  const file = await saving
  assert.equal(file.suggestedFilename(), 'postern-sign-ins-30-days.csv')
  const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trimEnd().split(/\r?\n/)
  assert.match(head ?? '', /Kind of key,How,Strength,Count,Share$/)
  assert.equal(lines.length, 2)
  await visitor.photograph('insights')
}
