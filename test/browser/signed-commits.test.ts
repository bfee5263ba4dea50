import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { registerInBrowser } from '../support/browser-steps.ts'
import { makeHeld } from '../support/held-repository.ts'
import { signWith } from '../support/signing.ts'
import { startSshAgent } from '../support/ssh-agent.ts'
import { addSshKey } from '../support/ssh-keys.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, openStory, see, seeTitle, tap } from './story.ts'

test('who signed a commit is seen where commits are, and a branch can take no others', async (context) => {
  await using story = await openStory(context)
  const { postern, page, step } = story
  const ana = await postern.owner()
  const held = await makeHeld(postern, ana, 'payments/api')
  const stick = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'stick' })
  const unknown = new TestSshKey('ssh-ed25519', { comment: 'unknown' })
  await using agent = await startSshAgent(stick, unknown)
  const signer = signWith(agent, stick, held)
  let signed = ''

  await step('with commits of several kinds, pushed by a signed push, and somebody who administers them', async () => {
    await addSshKey(ana, stick, { name: 'blue key' })
    await held.setPush('main', 'tap-or-signed')
    await held.commit('plain.txt')
    await signWith(agent, unknown, held, 'bo@example.com').commit('unknown')
    stick.verification = true
    signed = await signer.commit('signed')
    const { code, screen } = await signer.push('main').ended
    assert.equal(code, 0, screen)
    assert.equal((await signer.git('tag', '--sign', '-m', 'First', 'v1')).code, 0)
    await held.git('push', '--quiet', 'origin', 'v1')
    const ben = { username: 'ben', displayName: 'Ben Example', email: 'ben@example.com', role: 'member' }
    const { link } = await ana.act<{ link: string }>('POST', '/people', ben)
    await registerInBrowser(page, link)
    await ana.act('PUT', `${held.path}/members/user/ben`, { role: 'admin' })
  })

  await step('the list says it beside each, the proof first', async () => {
    await page.goto(`${postern.origin}/payments/api/commits`)
    const label = 'Signed with Ana Example’s security key “blue key”, touched, with PIN'
    await page.getByRole('button', { name: label }).first().waitFor()
    const mark = page.getByRole('button', { name: 'Signed, by a key nobody registered here' })
    await mark.click()
    await see(page, /nobody has registered it for signing/)
    await page.keyboard.press('Escape')
  })

  await step('the commit’s page tells all of it, and keeps what was signed', async () => {
    await page.goto(`${postern.origin}/payments/api/commits/${signed}`)
    await see(page.getByRole('region', { name: 'Proof' }), /Ana Example proved this with a tap, verified by the key/)
    await see(page.getByRole('region', { name: 'Proof' }), /a signed push, .* Postern verify reads its certificate\./)
    await see(page.getByRole('region', { name: 'Signature' }), /Signed with Ana Example’s security key “blue key”/)
    const push = page.getByRole('region', { name: 'Signed push' })
    await see(push, /It was the tap for this push: a touch and a PIN\./)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      push.getByRole('link', { name: 'The certificate that was signed' }).click(),
    ])
    assert.match(download.suggestedFilename(), /^push-[0-9a-f]{12}\.txt$/)
    await page.goto(`${postern.origin}/payments/api/tags`)
    await page
      .getByRole('button', { name: /Signed with Ana Example’s security key/ })
      .first()
      .waitFor()
  })

  await step('a switch in the branch’s rule asks for it, and says first how it is', async () => {
    await page.goto(`${postern.origin}/payments/api/settings`)
    await page.getByRole('link', { name: 'Edit the rule of main' }).click()
    await seeTitle(page, 'Rule of main')
    await page.getByRole('switch', { name: 'Only commits signed by a registered key' }).check({ force: true })
    await button(page, 'Save with a tap').click()
    await see(page, /Of the last 4 commits on main, one is signed by a registered key\. What is there stays/)
    await tap(page)
    await page.goto(`${postern.origin}/payments/api/settings`)
    await see(page, /only signed commits/)
  })

  await step('all of it reads well, wide and narrow, in both schemes', async () => {
    const route = '/$project/$repository/commits'
    for (const [name, url, shows] of [
      ['signed-commits', '/payments/api/commits', 'Add signed'],
      ['signed-commit', `/payments/api/commits/${signed}`, 'The certificate that was signed'],
      ['signed-tags', '/payments/api/tags', 'v1'],
    ] as const)
      await lookAtPage(page, postern.origin, { name, route, url, shows })
  })
})
