import assert from 'node:assert/strict'
import { button, choose, holds, link, see, seeTitle, type Story, tap } from './story.ts'

export async function openPullRequest({ visitor, page, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets/pull-requests`)
  await see(page, 'No open pull requests')
  await link(page, 'Open a pull request').first().click()
  await choose(page, 'Merge', 'sizes')
  await see(page, '1 commit would be merged')
  await holds(page.getByLabel('Title'), 'Add sizes')
  await holds(page.getByLabel('Description'), 'Two of them, for a start.')
  await visitor.photograph('new-pull-request')
  await button(page, 'Open pull request').click()
  await seeTitle(page, /Add sizes #1/)
  await see(page, 'Two of them, for a start.')
  await page.getByRole('heading', { name: 'Ready to merge' }).waitFor()
  await visitor.photograph('pull-request')
}

/** A person edits the words, then reads the change: unified, and both sides. */
export async function readPullRequest({ visitor, page }: Story): Promise<void> {
  await button(page, 'Change title and description').click()
  await page.getByLabel('Title').fill('Give every part a size')
  await button(page, 'Save').click()
  await seeTitle(page, /Give every part a size #1/)
  await link(page, /^Commits ?1$/).click()
  await link(page, 'Add sizes').first().waitFor()
  await link(page, 'Files').click()
  const file = page.getByRole('region', { name: 'src/sizes.ts' })
  await file.getByText("['small', 4],").first().waitFor()
  await visitor.photograph('diff-unified')
  await page.getByRole('radiogroup', { name: 'How to show the changes' }).getByText('Split').click()
  await page.waitForURL(/diff=split/)
  await file.getByText("['small', 4],").first().waitFor()
  await visitor.photograph('diff-split')
}

/** Its branch changed the same lines as what was merged meanwhile: the page names the file. */
export async function seeConflict({ visitor, page, postern }: Story): Promise<void> {
  await proposeBranch({ page, postern }, 'slogan')
  await page.getByRole('heading', { name: 'In conflict with main' }).waitFor()
  await page
    .getByRole('region', { name: 'Merging' })
    .getByRole('listitem')
    .filter({ hasText: 'README.md' })
    .first()
    .waitFor()
  assert.ok(await button(page, 'Merge with a tap').isDisabled())
  await see(page, /Both branches changed the same lines/)
  await visitor.photograph('conflict')
}

export async function proposeBranch({ page, postern }: Pick<Story, 'page' | 'postern'>, branch: string): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets/branches`)
  await page.getByRole('listitem').filter({ hasText: branch }).getByRole('link', { name: 'Open pull request' }).click()
  await see(page, '1 commit would be merged')
  await button(page, 'Open pull request').click()
  await page.getByRole('region', { name: 'Merging' }).waitFor()
}

/** One button opens the pull request that undoes another; it lands as any does. */
export async function proposeRevert({ visitor, page }: Story, merged: string): Promise<void> {
  await page.goto(merged.replace(/(\/merge)?(\?.*)?$/, ''))
  await see(page, 'Opens a pull request that takes this back.')
  await visitor.photograph('pull-request-merged')
  await button(page, 'Revert').click()
  await tap(page)
  await page.getByRole('heading', { name: /^Revert ".*"/ }).waitFor()
  await see(page, 'wants to merge 1 commit from')
  await link(page, 'Merge with a tap').waitFor()
  await visitor.photograph('pull-request-revert')
  await link(page, /^#\d+$/).click()
  await see(page, 'Opens a pull request that takes this back.')
}
