import assert from 'node:assert/strict'
import type { CredentialView } from '../../src/identity/shapes.ts'
import type { PolicyView } from '../../src/guardrails/shapes.ts'
import type { Person } from '../../src/walk/person.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { blobOf, CHROMIUM_AAGUID, chromiumEntry, makeBlob, makeBlobSigner, makeMaker } from '../support/metadata.ts'
import { save } from './guardrail-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, choose, dialog, link, see, seeTitle, type Story, tap } from './story.ts'

const broken = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-00000000beef', name: 'Leaky key' })
const platform = { attachmentHint: ['internal'], icon: 'data:image/svg+xml;base64,AAAA' }
const manyModels = Array.from({ length: 60 }, (_, at) => ({
  ...broken.entry({ statement: { ...platform, description: `Laptop ${String(at + 1).padStart(2, '0')}` } }),
  aaguid: `0a1b2c3d-0000-4000-8000-0000000000${String(at + 10)}`,
}))

/** Metadata with many models: one leaks, and the bypass of Chromium’s key was mended by an update. */
const fileOf = (number: number, nextUpdate = '2099-01-01') => {
  const entries = [
    ...manyModels,
    broken.entry({ statusReports: [{ status: 'USER_KEY_REMOTE_COMPROMISE', effectiveDate: '2025-03-01' }] }),
    chromiumEntry({
      statusReports: [
        { status: 'FIDO_CERTIFIED_L2', effectiveDate: '2024-01-01' },
        { status: 'USER_VERIFICATION_BYPASS', effectiveDate: '2025-01-01' },
        { status: 'UPDATE_AVAILABLE', effectiveDate: '2025-03-01' },
      ],
    }),
  ]
  return blobOf([], { number, nextUpdate, entries })
}

const withSignatureOf = (signed: string, other: string): string =>
  [...other.split('.').slice(0, 2), signed.split('.')[2]].join('.')

const openModels = async ({ page, postern }: Story): Promise<void> => {
  await page.goto(`${postern.origin}/-/guardrails`)
  await link(page, 'Models and reports').click()
  await seeTitle(page, 'Models of keys')
}

/** Chooses a file as a person does in the system’s dialog. */
const upload = async ({ page }: Story, text: string | Buffer): Promise<void> => {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(page, 'Upload a file').click()])
  await chooser.setFiles({ name: 'blob.jwt', mimeType: 'application/octet-stream', buffer: Buffer.from(text) })
}

export async function refuseFiles(story: Story): Promise<void> {
  const { page, visitor } = story
  await openModels(story)
  await see(page, /^None yet/)
  await see(page, 'npm run postern -- admin metadata import blob.jwt')
  await visitor.photograph('models-none')
  for (const [file, title, help] of [
    ['holiday photos', /^This file is no FIDO metadata/, /Choose the file as FIDO gives it/],
    [Buffer.alloc(20 * 1024 * 1024 + 1, 'a'), /larger than 20 MB/, /about 6 MB/],
    [
      makeBlob(makeBlobSigner(), { number: 99 }),
      /not signed by a certificate below the trusted root/,
      /--metadata-root/,
    ],
    [withSignatureOf(fileOf(98), fileOf(99)), /The signature of this metadata is not valid/, /Download it again/],
  ] as const) {
    await upload(story, file)
    await see(page.getByRole('alert'), title)
    await see(page.getByRole('alert'), help)
    assert.equal(await dialog(page).count(), 0, 'nobody taps for what is not taken')
  }
  await visitor.photograph('models-refused')
}

export async function uploadFile(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  await upload(story, fileOf(10))
  await see(dialog(page), 'Import FIDO metadata number 10')
  await button(dialog(page), 'Close without tapping').click()
  await see(page.getByRole('alert'), 'Not done: it still needs your tap')
  await button(page, 'Try again').click()
  await tap(page)
  await see(page, 'Number 10 is in force: 62 models. Every passkey was judged anew by it.')
  await see(page.getByRole('table', { name: 'FIDO metadata in force' }), /^Number 10, 62 models$/)
  await upload(story, fileOf(9))
  await see(page.getByRole('alert'), /number 9, older than number 10/)
  await page.goto(`${postern.origin}/-/account/passkeys`)
  await see(page, /its model verified by its maker’s certificate/)
  await visitor.photograph('models-own-key')
}

const row = ({ page }: Story, name: string) =>
  page.getByRole('list', { name: 'Models' }).getByRole('listitem').filter({ hasText: name })

export async function findModels(story: Story): Promise<void> {
  const { page, visitor } = story
  await openModels(story)
  const rows = page.getByRole('list', { name: 'Models' }).getByRole('listitem')
  await rows.nth(49).waitFor()
  assert.equal(await rows.count(), 50)
  await button(page, 'Show more').click()
  await rows.nth(61).waitFor()
  await page.getByLabel('Find a model').fill('key')
  await row(story, 'Laptop 01').waitFor({ state: 'detached' })
  await row(story, 'Leaky key').waitFor()
  assert.equal(await rows.count(), 2)
  await see(row(story, 'Leaky key'), 'Counts as broken')
  await see(row(story, 'Leaky key'), 'Its keys can be stolen from afar, reported since 1 March 2025.')
  const chromium = row(story, 'Virtual key of Chromium')
  await see(chromium, 'FIDO certified, level 2')
  await see(chromium, /can be bypassed.* Does not count: an update has mended it since/)
  assert.equal(await chromium.getByText('Counts as broken').count(), 0)
  await visitor.photograph('models-found')
  await page.reload()
  await see(page, 'Leaky key')
  await page.getByLabel('Find a model').fill('nothing of that name')
  await see(page, 'No model matches “nothing of that name”')
  await page.getByLabel('Find a model').fill(CHROMIUM_AAGUID.slice(0, 8))
  await chromium.waitFor()
}

export async function uploadOverdue(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  await openModels(story)
  await upload(story, fileOf(11, '2026-01-01'))
  await tap(page)
  await see(page, /Number 11 is in force/)
  await see(page, 'A newer one is overdue')
  await see(page, /FIDO promised it for 1 January 2026/)
  await visitor.photograph('models-overdue')
  await lookAtPage(page, postern.origin, {
    name: 'models-known',
    route: '/-/guardrails/models',
    url: '/-/guardrails/models?q=key',
    shows: 'Counts as broken',
  })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 900 })
}

/** Whoever does not rely on people to update lets an update count: Ana’s own key is worth less at once, and again more. */
export async function chooseReports(story: Story, ben: Person): Promise<void> {
  const { page, postern, visitor } = story
  const report = (state = {}) => page.getByRole('checkbox', { name: 'An update is available', ...state })
  const review = async (): Promise<void> => {
    await openModels(story)
    await report().click()
    await button(page, 'Review the change').click()
    await seeTitle(page, 'Review before saving')
    await page.getByRole('heading', { name: 'The last 30 days' }).waitFor()
  }
  await review()
  await see(page, 'Counts from then on: An update is available')
  await button(page, 'Show everybody whom it concerns').click()
  await see(page, /^A key of theirs is of a model that is reported as broken/)
  await visitor.photograph('models-review')

  // Ben saves first: what Ana chose stays, and is made again on top of his.
  const { version, policy } = await ben.call<PolicyView>('GET', '/policy')
  const fewer = policy.refusedModelStatuses.filter((status) => status !== 'REVOKED')
  await ben.act('PUT', '/policy', { basedOn: version, policy: { ...policy, refusedModelStatuses: fewer } })
  await button(page, 'Save with a tap').click()
  await see(page.getByRole('alert'), /^Ben Example changed the guardrails/)
  await see(page.getByRole('alert'), 'No longer counts: Withdrawn by FIDO')
  await button(page, 'Review again on top of it').click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await button(page, 'Save with a tap').click()
  await tap(page)
  // It is Ana’s own key that counts as broken from now on: what it began ends, and she signs in anew.
  for (let now = version; now !== version + 2;) now = (await ben.call<PolicyView>('GET', '/policy')).version
  await openOwnKeys(story)
  await button(page, 'Sign in with a passkey').click()
  await see(page, /This model is reported as broken/)
  await openModels(story)
  await report({ checked: true }).waitFor()
  await page.getByLabel('Find a model').fill('Chromium')
  await see(row(story, 'Virtual key of Chromium'), 'Counts as broken')

  await review()
  await see(page, 'No longer counts: An update is available')
  await save(page, version + 3)
  await openOwnKeys(story)
  await see(page, /its model verified by its maker’s certificate/)
  const { items } = await callInBrowser<{ items: CredentialView[] }>(page, 'GET', '/me/credentials')
  assert.deepEqual(
    items.map(({ isModelRefused }) => isModelRefused),
    [false],
  )
  await page.goto(`${postern.origin}/-/audit?target=${items[0]?.id ?? ''}`)
  await see(page, /was judged anew by metadata number 11/)
}

/** The server judges after it has answered; the page is looked at once that is done. */
async function openOwnKeys({ page, postern }: Story): Promise<void> {
  await postern.postern.attestation.catchUp()
  await page.goto(`${postern.origin}/-/account/passkeys`)
}

/** Administrators see it, owners set it, with a tap. */
export async function refuseCopies(story: Story, ben: Person): Promise<void> {
  const { page, visitor } = story
  const refuse = (state = {}) => page.getByRole('switch', { name: 'Refuse a passkey that counts backwards', ...state })
  await openModels(story)
  await see(page, /Only an owner can change this\./)
  assert.ok(await refuse().isDisabled())
  await ben.act('PATCH', '/people/ana', { role: 'owner' })
  await page.reload()
  await refuse({ checked: false, disabled: false }).click()
  await see(dialog(page), 'Set “Refuse a passkey that counts backwards” to true')
  await tap(page)
  await refuse({ checked: true }).waitFor()
  await visitor.photograph('models-copied')
}

export async function nameModelInRule(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  await page.goto(`${postern.origin}/-/guardrails/new`)
  await page.getByLabel('Title').fill('Keys of the house')
  await choose(page, 'Who', 'Guests')
  await page.keyboard.press('Escape')
  await choose(page, 'Doing what', 'Sign in')
  await page.keyboard.press('Escape')
  const picker = page.getByRole('combobox', { name: 'Only these keys' })
  await picker.click()
  const options = page.getByRole('option').filter({ visible: true })
  await options.first().waitFor()
  assert.deepEqual(
    (await options.allInnerTexts()).slice(0, 3).map((text) => text.trim()),
    ['Hardware keys', 'Keys of one device', 'Synced passkeys'],
  )
  await picker.fill('chromium')
  const chromium = page.getByRole('option', { name: /Virtual key of Chromium/ }).filter({ visible: true })
  await chromium.waitFor()
  await visitor.photograph('models-picker')
  await chromium.click()
  await page.keyboard.press('Escape')
  const meaning = page.getByRole('complementary')
  await see(meaning, 'Guests may use only Virtual key of Chromium to sign in.')
  await button(page, 'Review the change').click()
  await seeTitle(page, 'Review before saving')
  await see(page, 'Guests may use only Virtual key of Chromium to sign in.')
  await page.goBack()
  await page.reload()
  await see(meaning, 'Guests may use only Virtual key of Chromium to sign in.')
}
