import assert from 'node:assert/strict'
import { button, link, linesOf, see, seeTitle, type Story } from './story.ts'

/** The facts stand on the page before the tap, the digest of the statement among them. One tap merges. */
export async function tapToMerge(
  { visitor, page, terminal }: Story,
  { method }: { method: 'Merge' | 'Squash' },
): Promise<void> {
  await link(page, 'Merge with a tap').click()
  if (method === 'Squash') await page.getByRole('radiogroup', { name: 'How to merge' }).getByText('Squash').click()
  const signed = page.getByRole('region', { name: 'What you sign' })
  await signed.getByRole('row', { name: /^Statement sha256:[0-9a-f]{64}/ }).waitFor()
  const facts = await signed.innerText()
  const tip = (await terminal.pasteWell('git ls-remote origin refs/heads/main | cut -f1', 'widgets')).trim()
  for (const known of ['acme/widgets', 'main', tip]) assert.ok(facts.includes(known), `${known} in\n${facts}`)
  assert.match(facts, /\d+ files?/)
  await page.getByRole('region', { name: 'The change you sign' }).getByRole('region').first().waitFor()
  await visitor.photograph(`merge-${method.toLowerCase()}`)
  const digest = /Statement\s+(sha256:[0-9a-f]{64})/.exec(facts)?.[1] ?? ''

  await button(page, 'Tap to merge').click()
  await seeTitle(page, 'Merged into main')
  const proof = page.getByRole('region', { name: 'Proof' })
  await proof.getByText('Ana Example proved this with a tap, verified by the key').waitFor()
  // The very statement that was shown.
  await proof.getByTitle(digest).waitFor()
  await visitor.photograph(`merged-${method.toLowerCase()}`)
}

/** The merged page's lines in an empty folder of any machine: a clone, its signers, and stock git's word. */
export async function verifyWithStockGit({ page, terminal }: Story, folder: string): Promise<string> {
  await terminal.pasteWell(`mkdir ${folder}`)
  await see(page, 'Verify it yourself')
  return terminal.pasteWell(await linesOf(page, /^With git/), folder)
}

export async function verifyWithPostern({ page, terminal }: Story): Promise<string> {
  return terminal.pasteWell(await linesOf(page, /^With postern verify/))
}
