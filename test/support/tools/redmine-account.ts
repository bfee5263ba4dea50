import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { fromBase32 } from '../../../src/protocols/totp/base32.ts'
import { stepAt, totpCode } from '../../../src/protocols/totp/totp.ts'
import { see } from '../../browser/story.ts'
import { fallAtLookAlike } from './attacks.ts'
import type { Office } from './office.ts'

/** Somebody whom Redmine itself signs in, with all that it can ask for. */
export const mo = {
  login: 'mo',
  password: 'correct horse battery',
  codeSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
}

/** They type password and code into a look-alike of Redmine as it would be without us; its owner is Mo from then on. */
export async function stealFromRedmine(office: Office, ownUrl: string): Promise<void> {
  let code = ''
  const cookie = await fallAtLookAlike(office, ownUrl, {
    path: '/login',
    async signIn(at: Page) {
      await at.locator('#username').fill(mo.login)
      await at.locator('#password').fill(mo.password)
      await at.locator('#login-submit').click()
      code = totpCode(fromBase32(mo.codeSecret), stepAt(Date.now()))
      await at.locator('#twofa_code').fill(code)
      await at.locator('#login-submit').click()
      await see(at.locator('#loggedas'), mo.login)
    },
    secrets: () => [mo.password, code],
  })
  const stolen = await fetch(`${ownUrl}/my/account`, { headers: { cookie } })
  assert.match(await stolen.text(), /mo@own\.example\.com/)
}
