import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { flip } from './guardrail-steps.ts'
import { admit, openOrganisation, switchOn } from './organisation.ts'
import { addKeyInBrowser, comeOverSsh, openNewKey } from './ssh-key-steps.ts'
import { button, see } from './story.ts'

const openDoor = { flags: ['--ssh-port', '0'] }

/** Ben has a key in a file; the review says so, ssh says why it is refused, and a security key lets him in. */
export async function sshHardwareKeys(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, openDoor)
  const { page, step, visitor } = story
  await using ben = await admit(story, 'Ben', { role: 'member', key: {} })
  const inFile = new TestSshKey('ssh-ed25519', { comment: 'bens-laptop' })
  await openNewKey(story, ben.page)
  await addKeyInBrowser(story, ben.page, inFile)
  assert.match((await comeOverSsh(story, inFile)).screen, /Hello Ben Example/)
  await step('the review names whose keys would be refused', async () => {
    await flip(story, 'Only hardware keys over SSH')
    await see(page, 'Nothing lets them in over SSH any more: “bens-laptop” is refused.')
    await visitor.photograph('catalogue-ssh-hardware-review')
    await button(page, 'Discard').click()
  })
  await switchOn(story, 'ssh-hardware-keys')
  await step('ssh says why it does not let him in, and the page says which key it is', async () => {
    const { code, screen } = await comeOverSsh(story, inFile)
    assert.notEqual(code, 0)
    assert.match(screen, /you need a hardware key\. Yours lies in a file\. The rule “Only hardware keys over SSH”/)
    await ben.page.reload()
    await see(ben.page, /Yours lies in a file\. The rule “Only hardware keys over SSH” asks for it\./)
    await ben.photograph('catalogue-ssh-hardware-refused')
  })
  await step('a security key that he touches is let in', async () => {
    const key = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'bens-blue-key' })
    await openNewKey(story, ben.page)
    await addKeyInBrowser(story, ben.page, key)
    assert.match((await comeOverSsh(story, key)).screen, /Hello Ben Example/)
  })
  assert.deepEqual([...visitor.errors, ...ben.errors], [])
}

/** A touch alone is refused, and the PIN lets in. */
export async function sshPin(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, openDoor)
  const { page, step, visitor } = story
  const key = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com', { comment: 'anas-key' })
  await openNewKey(story, page)
  await addKeyInBrowser(story, page, key)
  await switchOn(story, 'ssh-pin')
  await step('a touch alone is told what is missing', async () => {
    const { code, screen } = await comeOverSsh(story, key)
    assert.notEqual(code, 0)
    assert.match(screen, /you need a security key with its PIN\. Yours was touched, without a PIN\./)
  })
  await step('with the PIN it lets her in', async () => {
    key.verification = true
    assert.match((await comeOverSsh(story, key)).screen, /Hello Ana Example/)
  })
  assert.deepEqual(visitor.errors, [])
}
