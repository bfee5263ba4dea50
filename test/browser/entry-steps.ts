import type { Route } from 'playwright-core'
import { button, holds, link, see, seeTitle, type Story } from './story.ts'

const beginning = /\/sign-in\/begin$/

/** The link from the terminal, a name, a tap: the first owner. */
export async function setUp({ postern, visitor, page }: Story): Promise<void> {
  await page.goto(await postern.setupLink())
  await seeTitle(page, 'Set up Postern')
  await see(page, /This passkey stays on localhost/)
  await page.getByLabel('Your name').fill('Ana Example')
  await holds(page.getByLabel('Username'), 'ana-example')
  await page.getByLabel('Username').fill('ana')
  await page.getByLabel('E-mail').fill('ana@example.com')
  await visitor.photograph('set-up')
  await button(page, 'Create my passkey').click()
  await seeTitle(page, /Your passkey works, Ana Example/)
  // The token has left the address bar.
  await page.waitForURL(({ hash }) => hash === '')
  const steps = ['Add a second passkey', 'Create a repository', 'Invite people']
  for (const step of steps) await link(page, new RegExp(step)).waitFor()
  await visitor.photograph('next-steps')
  await link(page, 'Later: go home').click()
  await seeTitle(page, 'Hello, Ana Example')
}

export async function signInByButton({ visitor, page, laptop }: Story): Promise<void> {
  // A key that answers by itself would take the autofill's offer before the button is pressed: it begins to answer when
  // the button's own request is on its way. What it was asked before then, it leaves unanswered.
  await laptop.setPresence(false)
  const offered = page.waitForResponse(beginning)
  await visitor.signOut()
  await offered
  await visitor.photograph('sign-in')
  const answerTheButton = async (route: Route): Promise<void> => {
    await laptop.setPresence(true)
    await route.continue()
  }
  await page.route(beginning, answerTheButton, { times: 1 })
  await button(page, 'Sign in with a passkey').click()
  await seeTitle(page, 'Hello, Ana Example')
}

/** The field offers the passkey; here the key takes the offer as soon as the page stands, and nothing is clicked. */
export async function signInByAutofill({ postern, visitor, page, laptop }: Story): Promise<void> {
  await laptop.setPresence(false)
  await visitor.signOut()
  // The page where she signed out makes an offer of its own: it is left before the key answers.
  await page.goto('about:blank')
  await laptop.setPresence(true)
  await page.goto(`${postern.origin}/-/sign-in?returnTo=%2F-%2Fprojects`)
  await seeTitle(page, 'Projects')
}
