import assert from 'node:assert/strict'
import { button, dialog, holds, link, see, seeTitle, type Story, tap } from './story.ts'

/** A file with the line ends of another system is mended where it is read, on a branch that takes no push. */
export async function proposeAnEdit({ page, postern, terminal, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets/file/letter.md`)
  await link(page, 'Edit').click()
  const field = page.getByLabel('Contents of letter.md')
  await see(page, 'main is protected: it changes by pull requests alone.')
  await holds(field, '# Dear all\n\n  Smal parts.\n')
  await field.fill('# Dear all\n\n  Small parts.\n')
  await field.press('ControlOrMeta+End')
  // Tab belongs to the text, until Escape.
  await field.press('Tab')
  await holds(field, '# Dear all\n\n  Small parts.\n  ')
  await field.press('Escape')
  await field.press('Tab')
  assert.equal(await field.evaluate((element) => element === element.ownerDocument.activeElement), false)
  await field.press('Backspace')
  await field.press('Backspace')
  await page.getByText('Preview', { exact: true }).click()
  await page.getByRole('heading', { name: 'Dear all' }).waitFor()
  await page.getByText('Changes', { exact: true }).click()
  await page.getByRole('row').filter({ hasText: 'Small parts.' }).waitFor()
  await visitor.photograph('edit-changes')

  await link(page, 'Commits').click()
  await button(dialog(page, 'Leave without saving?'), 'Stay here').click()
  await page.getByLabel('Title').fill('Mend a letter')
  await visitor.photograph('edit-sign')
  await button(page, 'Propose change').click()
  await dialog(page, 'Commit to ana-edit-1 of acme/widgets').waitFor()
  await visitor.photograph('edit-tap')
  await tap(page)
  await seeTitle(page, /Mend a letter #\d+/)
  assert.equal(
    await terminal.pasteWell(
      'git fetch -q && git show origin/ana-edit-1:letter.md | od -An -c | tr -d " \\n"',
      'widgets',
    ),
    '#Dearall\\r\\n\\r\\nSmallparts.\\r\\n\n'.trimEnd(),
  )
  await page.goto(`${postern.origin}/acme/widgets/commits?ref=ana-edit-1`)
  await button(page, /^Signed: Signed with Ana .*’s passkey .*, by a tap here/)
    .first()
    .waitFor()
  await visitor.photograph('edit-signed')
  const stock = await terminal.paste(
    `git fetch -q origin '+refs/postern/*:refs/postern/*'
      git show refs/postern/signers:allowed_signers > .git/allowed_signers
      git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-commit origin/ana-edit-1`,
    'widgets',
  )
  assert.match(stock.screen, /Good "git" signature for ana@/)
}

/** Where a branch takes it, at once; and where it moved meanwhile, with a way on. */
export async function editABranch({ page, postern, terminal, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets?ref=ana-edit-1`)
  await button(page, 'Add file').click()
  await page.getByRole('menuitem', { name: 'Upload files' }).click()
  await page.getByLabel('Folder').fill('new/things')
  await page
    .locator('input[type=file]')
    .setInputFiles([{ name: 'bytes.bin', mimeType: 'text/plain', buffer: Buffer.from([0, 255]) }])
  await see(page, 'new/things/bytes.bin')
  await visitor.photograph('upload')
  // Where no rule asks for it, nobody has to.
  await page.getByLabel('Sign with your passkey').uncheck()
  await button(page, 'Commit to ana-edit-1').click()
  await page.getByRole('link', { name: 'bytes.bin', exact: true }).click()
  await see(page, 'This is a binary file. Download it to look inside.')
  await button(page, 'More about this file').click()
  await page.getByRole('menuitem', { name: 'Delete this file' }).click()
  await button(dialog(page, 'Delete new/things/bytes.bin'), 'Commit to ana-edit-1').click()
  await tap(page)
  // Its folders went with it.
  await page.waitForURL(/\/acme\/widgets\?ref=ana-edit-1$/)

  await page.goto(`${postern.origin}/acme/widgets/new?ref=ana-edit-1`)
  await page.getByLabel('Path').fill('late.txt')
  await page.getByLabel('Contents of late.txt').fill('late')
  await terminal.pasteWell(
    `git fetch -q && git switch -q ana-edit-1 && git commit -q --allow-empty -m 'Meanwhile' && git push -q origin ana-edit-1`,
    'widgets',
  )
  await button(page, 'Commit to ana-edit-1').click()
  await see(page, 'ana-edit-1 moved on since you began.')
  await visitor.photograph('edit-moved')
  await button(page, 'Propose it on a new branch').click()
  await button(page, 'Propose change').click()
  await tap(page)
  await seeTitle(page, /Add late\.txt #\d+/)
  await see(page, /ana-edit-2/)

  // Which file goes is read, not guessed.
  await terminal.write('widgets/note\u202etxt.exe', 'x')
  await terminal.pasteWell(`git add -A && git commit -q -m 'Odd' && git push -q origin ana-edit-1`, 'widgets')
  await page.goto(`${postern.origin}/acme/widgets/file/note%E2%80%AEtxt.exe?ref=ana-edit-1`)
  await button(page, 'More about this file').click()
  await page.getByRole('menuitem', { name: 'Delete this file' }).click()
  await button(dialog(page, 'Delete note⟦U+202E⟧txt.exe'), 'Cancel').click()
}
