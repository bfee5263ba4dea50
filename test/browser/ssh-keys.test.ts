import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { importMetadata, makeMaker } from '../support/metadata.ts'
import { openOrganisation } from './organisation.ts'
import { addKeyInBrowser, comeOverSsh, openNewKey } from './ssh-key-steps.ts'
import { button, choose, dialog, holds, linesOf, see, tap } from './story.ts'

test('SSH keys: added with what the shell prints, used, and ended', { timeout: 280_000 }, async (context) => {
  await using story = await openOrganisation(context, { flags: ['--ssh-port', '0'] })
  const { page, postern, step, terminal, visitor } = story
  const laptop = new TestSshKey('ssh-ed25519', { comment: 'anas-laptop' })

  await step('the empty page says where a key lies, and how to make a better one', async () => {
    await page.goto(`${postern.origin}/-/account/ssh-keys`)
    await see(page, 'No SSH keys')
    await see(page, /ssh-keygen -t ed25519-sk -O verify-required/)
    await visitor.photograph('ssh-keys-empty')
    await button(page, 'Add an SSH key').click()
  })

  await step('a private key is refused before it leaves the page', async () => {
    await page.getByLabel('Public key').fill('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA')
    await button(page, 'Add it with a tap').click()
    await see(page, /This is the private key, which nobody else may have/)
  })

  await step('the pasted key says what it is at once, and is named by its comment', async () => {
    await page.getByLabel('Public key').fill(laptop.line)
    await see(page, 'Ed25519, in a file')
    await see(page, laptop.fingerprint)
    await holds(page.getByLabel('Name'), 'anas-laptop')
    await visitor.photograph('ssh-keys-new')
  })

  await step('another key’s signature is told from its own, and nothing typed is lost', async () => {
    await page.getByLabel('What it prints').fill('-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----')
    await button(page, 'Add it with a tap').click()
    await see(page, /This is not what the command prints/)
    assert.equal(await page.getByLabel('Name').inputValue(), 'anas-laptop')
    await addKeyInBrowser(story, page, laptop)
    assert.match((await comeOverSsh(story, laptop)).screen, /Hello Ana Example/)
  })

  await step('a security key made by the commands of the page proves its model', async () => {
    const maker = makeMaker({ name: 'Blue key 5' })
    await importMetadata(postern, [maker], { number: 30 })
    const key = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'blue-key' })
    key.verification = true
    await page.goto(`${postern.origin}/-/account/ssh-keys`)
    const commands = await linesOf(page, 'Make one on a security key that is plugged in')
    const [writeChallenge = '', make = ''] = commands.split('\n')
    assert.equal(
      make,
      'ssh-keygen -t ed25519-sk -O verify-required -O challenge=postern-challenge -O write-attestation=postern-attestation',
    )
    await terminal.pasteWell(writeChallenge)
    // The real ssh-keygen gets as far as asking for a key, which is not plugged in here.
    const { code, screen } = await terminal.paste(`SSH_SK_PROVIDER=/nowhere ${make} -f made < /dev/null`)
    assert.notEqual(code, 0)
    assert.match(screen, /Key enrollment failed/)
    const file = join(terminal.home, 'postern-attestation')
    await writeFile(file, key.attest(Buffer.from(await terminal.read('postern-challenge')), maker.attester))
    await openNewKey(story, page)
    await page.getByLabel('Public key').fill(key.line)
    await choose(page, 'It ends after', 'A year')
    await page.locator('input[type=file]').setInputFiles(file)
    await see(page, 'Read; its model is checked when you add it.')
    await button(page, 'Add it with a tap').click()
    await see(dialog(page), 'Blue key 5')
    await visitor.photograph('ssh-keys-attested-tap')
    await tap(page)
    await see(page, /Blue key 5 · lets you in and signs commits, with its PIN it counts as a hardware key/)
    assert.match((await comeOverSsh(story, key)).screen, /a hardware key of a verified model/)
  })

  await step('the list shows what was used, and ends a key with a tap', async () => {
    await page.goto(`${postern.origin}/-/account/ssh-keys`)
    await see(page, /last used .* from 127\.0\.0\.1|last used/)
    await visitor.photograph('ssh-keys-list')
    await page.goto(`${postern.origin}/-/people/ana`)
    await see(page, /^Blue key 5 · lets them in and signs commits, with its PIN it counts as a hardware key/)
    await visitor.photograph('person-ssh-keys')
    await page.goto(`${postern.origin}/-/account/ssh-keys`)
    await button(page, 'End anas-laptop').click()
    await button(dialog(page), 'End it with a tap').click()
    await tap(page)
    await page.getByText('anas-laptop', { exact: true }).waitFor({ state: 'detached' })
    assert.notEqual((await comeOverSsh(story, laptop)).code, 0)
  })
  assert.deepEqual(visitor.errors, [])
})
