import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SoftwareAuthenticator } from '../protocols/webauthn/software-authenticator.ts'
import { commitAs, git, gitOrThrow, withToken } from './git.ts'
import { Person } from './person.ts'

export interface WalkParts {
  origin: string
  setupLink: string
  /** Where work trees go: `work` while walking, `clone` and `allowed_signers` to keep. */
  into: string
  /** Runs a step, shows it with its time. */
  step: <Result>(sentence: string, work: () => Promise<Result>) => Promise<Result>
  /** Runs `postern verify` on a clone and returns what it printed. */
  verify: (clone: string, trust: string) => Promise<string>
  now: () => number
}

const email = 'ana@example.com'
const R = '/projects/acme/repositories/widgets'

/** Steps 2 to 8 of the main job, each through the public API with a software authenticator, and real git. */
export async function walk({ origin, setupLink, into, step, verify, now }: WalkParts): Promise<void> {
  const ana = new Person(origin, new SoftwareAuthenticator())
  const work = join(into, 'work')
  const author = (): Record<string, string> => commitAs('Ana Example', email, now())

  await step('set up: the first owner registers a passkey', () =>
    ana.register(setupLink, { username: 'ana', displayName: 'Ana Example', email }, 'Laptop'),
  )
  await step('sign out, and in again with one tap', async () => {
    await ana.signOut()
    await ana.signIn()
  })
  await step('add a second passkey, vouched for by the first', () =>
    ana.addPasskey(new SoftwareAuthenticator(), 'Spare key'),
  )
  const token = await step('make an API token', () => ana.makeToken('laptop'))
  await step('create the project acme and the repository widgets', async () => {
    await ana.call('POST', '/projects', { name: 'acme', description: 'Everything we make' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: 'Small parts' })
  })

  const commit = async (file: string, text: string, message: string): Promise<void> => {
    await writeFile(join(work, file), text)
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(work, ['commit', '--quiet', '--message', message], author())
  }
  await step('push: the baseline, from which main is protected', async () => {
    await gitOrThrow(into, ['init', '--quiet', '--initial-branch=main', work])
    await gitOrThrow(work, ['remote', 'add', 'origin', `${origin}/acme/widgets.git`])
    await commit('README.md', '# Widgets\n\nSmall parts, well made.\n', 'Begin')
    await gitOrThrow(work, [...withToken(token), 'push', '--quiet', 'origin', 'main'])
  })
  await step('tap to seal that start', async () => {
    const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
      'POST',
      `${R}/protected-branches/main/start-seal`,
      {},
    )
    const seal = await ana.tap(sealRequestId)
    await ana.call('POST', `${R}/protected-branches/main/start`, {}, { 'postern-seal': seal })
  })

  for (const { method, branch, file } of [
    { method: 'merge', branch: 'sizes', file: 'sizes.txt' },
    { method: 'squash', branch: 'colours', file: 'colours.txt' },
  ]) {
    const number = await step(`push the branch ${branch} and open a pull request`, async () => {
      await gitOrThrow(work, ['switch', '--quiet', '--create', branch, 'main'])
      await commit(file, 'small\nlarge\n', `Add ${branch}`)
      await gitOrThrow(work, [...withToken(token), 'push', '--quiet', 'origin', branch])
      const opened = await ana.call<{ number: number }>('POST', `${R}/pull-requests`, {
        title: `Add ${branch}`,
        description: '',
        sourceBranch: branch,
        targetBranch: 'main',
      })
      return opened.number
    })
    await step(`tap to ${method} pull request ${number}`, async () => {
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
        'POST',
        `${R}/pull-requests/${number}/merge-preparation`,
        { method },
      )
      const seal = await ana.tap(sealRequestId)
      await ana.call('POST', `${R}/pull-requests/${number}/merge`, { method }, { 'postern-seal': seal })
    })
  }

  await step('tap to make the tag v1.0', () =>
    ana.act('POST', `${R}/tags`, { name: 'v1.0', target: 'main', message: 'First release' }),
  )
  await step('a direct push to main is refused, with a sentence', async () => {
    await gitOrThrow(work, ['switch', '--quiet', 'main'])
    await gitOrThrow(work, [...withToken(token), 'pull', '--quiet', '--ff-only', 'origin', 'main'])
    await commit('sneaky.txt', 'unseen\n', 'Skip the review')
    const refused = await git(work, [...withToken(token), 'push', 'origin', 'main'])
    if (refused.code === 0) throw new Error('a direct push to a protected branch was accepted')
    return refused.stderr.split('\n').find((line) => line.startsWith('remote:')) ?? ''
  })

  const clone = join(into, 'clone')
  const signers = join(into, 'allowed_signers')
  await step('clone, with refs/postern/* and the signers', async () => {
    await gitOrThrow(into, [...withToken(token), 'clone', '--quiet', `${origin}/acme/widgets.git`, clone])
    await gitOrThrow(clone, [...withToken(token), 'fetch', '--quiet', 'origin', 'refs/postern/*:refs/postern/*'])
    const response = await ana.fetch('GET', `${origin}/acme/widgets.git/allowed_signers`)
    await writeFile(signers, await response.text())
  })
  for (const [what, check, object] of [
    ['tip', 'verify-commit', 'HEAD'],
    ['tag', 'verify-tag', 'v1.0'],
  ] as const)
    await step(`stock git verifies the ${what}`, async () => {
      const { code, stderr } = await git(clone, ['-c', `gpg.ssh.allowedSignersFile=${signers}`, check, object])
      if (code !== 0) throw new Error(`git ${check}: ${stderr}`)
      return stderr.trim()
    })
  const { items } = await ana.call<{ items: { fingerprint: string }[] }>('GET', '/me/credentials')
  await step('postern verify walks the whole branch', () => verify(clone, items[0]?.fingerprint ?? ''))
  await step('everything stands in the audit log', async () => {
    const { items: events } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit')
    return `${events.length} events; the last: ${events[0]?.sentence ?? ''}`
  })
}
