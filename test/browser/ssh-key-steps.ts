import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { startSshAgent } from '../support/ssh-agent.ts'
import type { Pasted } from './terminal.ts'
import { button, linesOf, see, seeTitle, type Story, tap } from './story.ts'

const usualFile: Record<string, string> = {
  'ssh-ed25519': 'id_ed25519',
  'sk-ssh-ed25519@openssh.com': 'id_ed25519_sk',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'id_ecdsa_sk',
}

export async function openNewKey({ postern }: Pick<Story, 'postern'>, page: Page): Promise<void> {
  await page.goto(`${postern.origin}/-/account/ssh-keys?new=yes`)
  await seeTitle(page, 'Account')
}

/** Runs a line in the shell of a machine on which this key is at hand. */
export async function runWith({ terminal }: Story, key: TestSshKey, line: string): Promise<Pasted> {
  await using agent = await startSshAgent(key)
  return await terminal.paste(`export SSH_AUTH_SOCK='${agent.socket}'\n${line}`)
}

/** The real ssh, with this key. */
export function comeOverSsh(story: Story, key: TestSshKey): Promise<Pasted> {
  const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
  const port = story.postern.postern.sshPort()
  return runWith(story, key, `timeout 60 ssh -F none -T ${options} -p ${port} git@localhost < /dev/null`)
}

/** Pastes the key, runs the command that the page gives, pastes what it prints, and taps. */
export async function addKeyInBrowser(story: Story, page: Page, key: TestSshKey): Promise<void> {
  const folder = join(story.terminal.home, '.ssh')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${usualFile[key.type]}.pub`), `${key.line}\n`)
  await page.getByLabel('Public key').fill(key.line)
  await see(page, key.fingerprint)
  const { code, screen } = await runWith(story, key, await linesOf(page, /^Run this/))
  if (code !== 0) throw new Error(screen)
  await page.getByLabel('What it prints').fill(screen.slice(screen.indexOf('-----BEGIN')))
  await button(page, 'Add it with a tap').click()
  await tap(page)
  await page.getByRole('list', { name: 'Your SSH keys' }).getByText(key.comment).waitFor()
}
