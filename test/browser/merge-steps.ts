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
  const tipOf = async (name: string): Promise<string> =>
    (await terminal.pasteWell(`git ls-remote origin refs/${name} | cut -f1`, 'widgets')).trim()
  const number = /\/pull-requests\/(\d+)/.exec(page.url())?.[1] ?? ''
  const [base, head] = [await tipOf('heads/main'), await tipOf(`pull/${number}/head`)]
  const assertShown = (label: string, value: string): void =>
    assert.match(facts, new RegExp(`^${label}\\s+${value}\\b`, 'm'))
  assertShown('Repository', 'acme/widgets')
  assertShown('Branch', 'main')
  assertShown('Base', base)
  assertShown('Head', head)
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
  // And what was shown is what landed.
  const landed = await terminal.pasteWell(
    `git fetch -q origin main && git rev-parse 'FETCH_HEAD^{tree}' && git diff --shortstat ${base} FETCH_HEAD`,
    'widgets',
  )
  const [tree = '', size = ''] = landed.trim().split('\n')
  const count = (what: RegExp): string => what.exec(size)?.[1] ?? '0'
  assertShown('Resulting tree', tree)
  assertShown('Files changed', `${count(/(\d+) file/)} files?`)
  assertShown('Lines', `${count(/(\d+) insertion/)} added, ${count(/(\d+) deletion/)} removed`)
}

/** The merged page's lines in an empty folder of any machine: a clone, its signers, and stock git's word. */
export async function verifyWithStockGit({ page, terminal }: Story, folder: string): Promise<string> {
  await terminal.pasteWell(`mkdir ${folder}`)
  await see(page, 'Verify it yourself')
  // Of versions that know when a key ended: a passkey was removed on the way here.
  return terminal.pasteWell(await linesOf(page, 'With git 2.35 and OpenSSH 9.1, or newer'), folder)
}

export async function verifyWithPostern({ page, terminal }: Story): Promise<string> {
  return terminal.pasteWell(await linesOf(page, /^With postern verify/))
}
