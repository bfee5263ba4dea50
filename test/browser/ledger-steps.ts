import assert from 'node:assert/strict'
import { startWitness } from '../support/witness.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, dialog, link, linesOf, see, seeTitle, type Story, tap } from './story.ts'

/** From the audit to the ledger: who cosigns it, what is wrong with one before anybody taps, and one that does. */
export async function nameWitness({ postern, page }: Story): Promise<void> {
  await using witness = await startWitness(postern, 'witness.example')
  await using other = await startWitness(postern, 'other.example')
  await page.goto(`${postern.origin}/-/audit`)
  await link(page, 'Ledger').click()
  await seeTitle(page, 'Ledger')
  await see(page, 'No witness yet')
  await button(page, 'Add a witness').click()
  await page.getByLabel('Address of the witness').fill(other.url)
  await page.getByLabel('Key of the witness').fill(witness.key)
  await button(page, 'Ask it, and add it with a tap').click()
  await see(dialog(page), /not with a signature over this checkpoint/)
  await page.getByLabel('Address of the witness').fill(witness.url)
  await button(page, 'Ask it, and add it with a tap').click()
  await tap(page)
  await see(page, /^Cosigns$/)
  const size = page.viewportSize()
  await lookAtPage(page, '', { name: 'ledger-witnessed', route: '', url: page.url(), shows: /^Cosigns$/ })
  if (size !== null) await page.setViewportSize(size)
  // Who watches from now on asks for its line too.
  assert.ok((await linesOf(page, 'Text to copy')).includes(`--witness '${witness.key}'`))
  await button(page, 'Remove').click()
  await button(dialog(page), 'Remove it with a tap').click()
  await tap(page)
  await see(page, 'No witness yet')
}
