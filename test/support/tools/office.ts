import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import type { ApplicationMade } from '../../../src/applications/shapes.ts'
import type { InvitationMade } from '../../../src/identity/invitations/shapes.ts'
import type { Person } from '../../../src/walk/person.ts'
import { button, openStory, seeTitle, type Story } from '../../browser/story.ts'
import { Visitor } from '../chromium.ts'

/** A story with people in it: Ana, who runs the place; Ben of the crew at his laptop; Gus, a guest, on his phone. */
export interface Office extends Story {
  ana: Person
  phone: Visitor
  /** A folder of this story's own, removed at its end. */
  folder: string
  /** Where browsers reach the tool of this short name. */
  addressOf(tool: string): string
  /**
   * Puts a tool behind the proxy, open to the crew and to the guests of the website. Returns what its page gives to be
   * put into the tool, by name.
   */
  addRoute(tool: string, upstream: string, recipe?: string): Promise<Record<string, string>>
}

/** The groups that tools know people by. */
export const crew = 'crew'
export const guests = 'website-guests'

export async function openOffice(context: TestContext): Promise<Office> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tool-'))
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const story = opened.use(await openStory(context))
  const { postern, browser, page } = story
  const phone = opened.use(
    await Visitor.open(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }),
  )
  await phone.addKey({ isSynced: true })

  const ana = await postern.owner('ana')
  for (const name of [crew, guests]) await ana.act('POST', '/groups', { name, description: '' })
  await joinByInvitation(page, ana, { username: 'ben', name: 'Ben Example', role: 'member', groups: [crew] })
  await joinByInvitation(phone.page, ana, { username: 'gus', name: 'Gus Guest', role: 'guest', groups: [guests] })

  const kept = opened.move()
  return {
    ...story,
    ana,
    phone,
    folder,
    addressOf(tool) {
      const url = new URL(postern.origin)
      url.hostname = `${tool}.localhost`
      return url.origin
    },
    async addRoute(tool, upstream, recipe) {
      const { application } = await ana.act<ApplicationMade>('POST', '/applications', {
        kind: 'route',
        slug: tool,
        name: tool,
        description: '',
        recipe: recipe ?? null,
        launchUrl: null,
        audience: 'groups',
        groups: [crew, guests],
        strength: null,
        settings: { host: `${tool}.localhost`, upstream },
      })
      return Object.fromEntries(application.values.map(({ name, value }) => [name, value]))
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function joinByInvitation(
  page: Page,
  by: Person,
  { username, name, role, groups }: { username: string; name: string; role: string; groups: string[] },
): Promise<void> {
  const emails = [`${username}@example.com`]
  const { items } = await by.act<{ items: InvitationMade[] }>('POST', '/invitations', { emails, role, groups })
  await page.goto(items[0]?.link ?? '')
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Username').fill(username)
  await button(page, 'Create my passkey').click()
  await page.waitForURL(/step=next/)
  // The passkey is theirs; nobody is signed in.
  await page.context().clearCookies()
}

/** From a page of a tool to the sign-in and back, with one tap and nothing else. */
export async function openWithTap(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await seeTitle(page, 'Sign in')
  await button(page, 'Sign in with a passkey').click()
  await page.waitForURL((url) => url.origin === new URL(address).origin)
}
