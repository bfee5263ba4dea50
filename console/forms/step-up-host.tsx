import { lazy, Suspense, useEffect, useState } from 'react'
import { makeProblem, notSignedIn, ProblemError } from '../api/problem.ts'
import { meQuery, queryClient } from '../api/queries.ts'
import { provideStepUp } from '../api/step-up.ts'
import './use-escape-first.ts'

const TapDialog = lazy(async () => ({ default: (await import('./tap-dialog.tsx')).TapDialog }))
const SignInDialog = lazy(async () => ({ default: (await import('./sign-in-dialog.tsx')).SignInDialog }))

interface Waiting {
  id: number
  /** Null asks for a sign-in. */
  sealRequestId: string | null
  resolve: (sealId: string) => void
  reject: (error: ProblemError) => void
}

let lastId = 0

const turnedAway = (isTap: boolean) =>
  new ProblemError(
    makeProblem(
      'turned-away',
      isTap ? 'Not done: it still needs your tap' : 'Not done: you are signed out',
      'Nothing was changed and what you typed is still here. Press the button again when you are ready.',
    ),
  )

/** Shows, one after the other, the taps and sign-ins that requests wait for. Mounted once, beside the pages. */
export function StepUpHost() {
  const [queue, setQueue] = useState<Waiting[]>([])
  useEffect(() => {
    const wait = (sealRequestId: string | null) =>
      new Promise<string>((resolve, reject) => {
        setQueue((before) => [...before, { id: (lastId += 1), sealRequestId, resolve, reject }])
      })
    const signIn = async () => {
      // Who was never signed in here is led to the sign-in page; the dialog is for a session that ended.
      if (!queryClient.getQueryData(meQuery.queryKey)) throw notSignedIn()
      await wait(null)
    }
    return provideStepUp({ tap: wait, signIn })
  }, [])

  const current = queue[0]
  if (!current) return null
  const leave = () => setQueue((before) => before.filter(({ id }) => id !== current.id))
  const onDone = (sealId: string) => {
    current.resolve(sealId)
    leave()
  }
  const onClose = () => {
    current.reject(turnedAway(current.sealRequestId !== null))
    leave()
  }
  return (
    <Suspense fallback={null}>
      {current.sealRequestId === null ? (
        <SignInDialog key={current.id} onSignedIn={() => onDone('')} onClose={onClose} />
      ) : (
        <TapDialog
          key={current.id}
          sealRequestId={current.sealRequestId}
          onSealed={({ sealId }) => onDone(sealId)}
          onClose={onClose}
        />
      )}
    </Suspense>
  )
}
