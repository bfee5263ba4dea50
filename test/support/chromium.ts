import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { signOutInBrowser } from './browser-steps.ts'
import { inTime } from './in-time.ts'
import { unpackChromium } from './packaged-chromium.ts'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-sync']

/** Chromium without its own windows first: it works a third less for the same pages. */
const installed = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** The system's Chromium, else the one that npm brings with its own libraries (decision 47). */
export async function launchChromium(extraFlags: readonly string[] = []): Promise<Browser & AsyncDisposable> {
  const system = installed.find((path) => existsSync(path))
  const options = { args: [...flags, ...extraFlags], timeout: 60_000 }
  if (system !== undefined) return disposable(await chromium.launch({ ...options, executablePath: system }))
  const { executablePath, env } = await unpackChromium()
  return disposable(await chromium.launch({ ...options, executablePath, env: { ...process.env, ...env } }))
}

const disposable = (browser: Browser): Browser & AsyncDisposable =>
  Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() })

export interface VirtualKey {
  authenticatorId: string
  /** Whether the key taps by itself; false makes prompts wait or fail. */
  setPresence(isPresent: boolean): Promise<void>
  setVerified(isVerified: boolean): Promise<void>
  /** Unplugs it here and plugs it in at another browser, with what it holds. */
  carryTo(other: Visitor): Promise<VirtualKey>
  remove(): Promise<void>
}

export interface KeyOptions {
  /** A synced passkey, as phones and password managers make them. */
  isSynced?: boolean
  transport?: 'usb' | 'internal'
  hasUserVerification?: boolean
}

export type VisitorOptions = Parameters<Browser['newContext']>[0] & {
  /**
   * Whether the browser offers passkeys in the field of the sign-in page. A virtual key takes such an offer by itself,
   * before anybody can press the button, so it is made only where a test is about it.
   */
  offersAutofill?: boolean
}

/** A browser page of its own with its own cookies and virtual keys. */
export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext
  readonly page: Page
  readonly #cdp: CDPSession
  readonly #errors: string[] = []

  private constructor(context: BrowserContext, page: Page, cdp: CDPSession) {
    this.context = context
    this.page = page
    this.#cdp = cdp
    page.on('pageerror', (error) => this.#errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.#errors.push(message.text())
    })
  }

  static async open(browser: Browser, { offersAutofill = false, ...options }: VisitorOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(40_000)
    if (!offersAutofill)
      await context.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
    return inTime('a new page', Visitor.#openPage(context))
  }

  static async #openPage(context: BrowserContext): Promise<Visitor> {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable', { enableUI: false })
    return new Visitor(context, page, cdp)
  }

  /** What the page complained about: errors thrown, and what it wrote to the console as one. */
  get errors(): readonly string[] {
    return this.#errors
  }

  async addKey(options: KeyOptions = {}): Promise<VirtualKey> {
    const { isSynced = false, transport = 'internal', hasUserVerification = true } = options
    const added = this.#cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport,
        hasResidentKey: true,
        hasUserVerification,
        isUserVerified: hasUserVerification,
        automaticPresenceSimulation: true,
        defaultBackupEligibility: isSynced,
        defaultBackupState: isSynced,
      },
    })
    const { authenticatorId } = await inTime('a virtual key', added)
    const remove = async (): Promise<void> => {
      await this.#cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    }
    return {
      authenticatorId,
      setPresence: async (enabled) => {
        await this.#cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
      },
      setVerified: async (isUserVerified) => {
        await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
      },
      carryTo: async (other) => {
        const { credentials } = await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId })
        await remove()
        const there = await other.addKey(options)
        for (const credential of credentials)
          await other.#cdp.send('WebAuthn.addCredential', { authenticatorId: there.authenticatorId, credential })
        return there
      },
      remove,
    }
  }

  /** Closes the session as a person would: by the menu in the corner. */
  signOut(page = this.page): Promise<void> {
    return signOutInBrowser(page)
  }

  /**
   * Keeps a picture of the whole page under `artefacts/`, in the light and the dark scheme and at phone width; in CI,
   * where nobody looks at them, only of what failed.
   */
  async photograph(name: string): Promise<void> {
    if (process.env['CI'] !== undefined && name !== 'failed') return
    const folder = join(import.meta.dirname, '../../artefacts')
    await mkdir(folder, { recursive: true })
    const size = this.page.viewportSize() ?? { width: 1280, height: 900 }
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme })
      await this.page.screenshot({
        path: join(folder, `${name}-${colorScheme}.png`),
        fullPage: true,
        animations: 'disabled',
      })
    }
    await this.page.emulateMedia({ colorScheme: 'light' })
    await this.page.setViewportSize({ width: 390, height: 844 })
    await this.page.screenshot({ path: join(folder, `${name}-phone.png`), fullPage: true, animations: 'disabled' })
    await this.page.setViewportSize(size)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }
}
