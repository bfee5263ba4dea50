import { browserSupportsWebAuthnAutofill, WebAuthnAbortService } from '@simplewebauthn/browser'
import { useEffect, useRef } from 'react'
import type { Me } from '../../api/shapes.ts'
import { answerSignIn, beginSignIn } from '../../forms/sign-in.ts'

/** Before this the challenge is taken as still good; a laptop that slept finds it expired and arms a new one. */
const MARGIN_MS = 20_000
const LOOK_EVERY_MS = 10_000

interface AutofillOptions {
  /** False while a prompt is open: the browser allows one at a time. */
  isArmed: boolean
  /** When the page was shown, by `performance.now()`. */
  shownAt: number
  onSignedIn: (me: Me) => void
  /** A key answered and was refused. Turning away from the list is no failure. */
  onRefused: (error: unknown) => void
}

/** Offers passkeys in the autofill of the field on the page, always with a challenge that has not expired. */
export function useAutofillSignIn(options: AutofillOptions): void {
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  const { isArmed } = options
  useEffect(() => {
    if (!isArmed) return undefined
    let isOver = false
    let expiresAt = 0

    const arm = async () => {
      if (!(await browserSupportsWebAuthnAutofill()) || isOver) return
      const ceremony = await beginSignIn()
      if (isOver) return
      expiresAt = ceremony.expiresAt
      try {
        const me = await answerSignIn({ ceremony, shownAt: latest.current.shownAt, isAutofill: true })
        if (!isOver) latest.current.onSignedIn(me)
      } catch (error) {
        const isQuiet = error instanceof Error && (error.name === 'AbortError' || error.name === 'NotAllowedError')
        if (isOver || isQuiet) return
        expiresAt = 0
        latest.current.onRefused(error)
      }
    }
    // Without autofill the button is there: a failure to arm is not worth a word.
    const armQuietly = () => void arm().catch(() => {})
    armQuietly()
    const timer = setInterval(() => {
      if (expiresAt && Date.now() > expiresAt - MARGIN_MS) armQuietly()
    }, LOOK_EVERY_MS)
    return () => {
      isOver = true
      clearInterval(timer)
      WebAuthnAbortService.cancelCeremony()
    }
  }, [isArmed])
}
