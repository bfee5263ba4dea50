import { lazy, Suspense, useEffect, useState } from 'react'
import { makeProblem, notSignedIn, ProblemError } from '../api/problem.ts'
import { meQuery, queryClient } from '../api/queries.ts'
import { provideStepUp } from '../api/step-up.ts'
import './use-escape-first.ts'

const TapDialog = lazy(async () => ({ default: (await import('./tap-dialog.tsx')).TapDialog }))
const StrongerKeyDialog = lazy(async () => ({
  default: (await import('./stronger-key-dialog.tsx')).StrongerKeyDialog,
}))
const SignInDialog = lazy(async () => ({ default: (await import('./sign-in-dialog.tsx')).SignInDialog }))

interface Waiting {
  id: number
  wants: { tapFor: string } | 'sign-in' | 'stronger-key'
  resolve: (sealId: string) => void
  reject: (error: ProblemError) => void
}

let lastId = 0

const turnedAway = (wants: Waiting['wants']) =>
  new ProblemError(
    makeProblem(
      'turned-away',
      wants === 'sign-in'
        ? 'Not done: you are signed out'
        : `Not done: it still needs ${wants === 'stronger-key' ? 'a stronger key' : 'your tap'}`,
      'Nothing was changed and what you typed is still here. Press the button again when you are ready.',
    ),
  )

/** Shows, one after the other, what requests wait for. Mounted once, beside the pages. */
export function StepUpHost() {
  const [queue, setQueue] = useState<Waiting[]>([])
  useEffect(() => {
    const wait = (wants: Waiting['wants']) =>
      new Promise<string>((resolve, reject) => {
        setQueue((before) => [...before, { id: (lastId += 1), wants, resolve, reject }])
      })
    const signIn = async () => {
      // Who was never signed in here is led to the sign-in page; the dialog is for a session that ended.
      if (!queryClient.getQueryData(meQuery.queryKey)) throw notSignedIn()
      await wait('sign-in')
    }
    const strongerKey = async () => void (await wait('stronger-key'))
    return provideStepUp({ tap: (tapFor) => wait({ tapFor }), signIn, strongerKey })
  }, [])

  // Adding a stronger key takes a tap itself: it is asked for over the dialog that offers the adding.
  const shown = queue.slice(0, queue[0]?.wants === 'stronger-key' ? 2 : 1)
  if (shown.length === 0) return null
  const leave = (id: number) => setQueue((before) => before.filter((waiting) => waiting.id !== id))
  return (
    <Suspense fallback={null}>
      {shown.map((waiting) => {
        const onDone = (sealId = '') => {
          waiting.resolve(sealId)
          leave(waiting.id)
        }
        const onClose = () => {
          waiting.reject(turnedAway(waiting.wants))
          leave(waiting.id)
        }
        return <WaitingDialog key={waiting.id} wants={waiting.wants} onDone={onDone} onClose={onClose} />
      })}
    </Suspense>
  )
}

interface WaitingDialogProps {
  wants: Waiting['wants']
  onDone: (sealId?: string) => void
  onClose: () => void
}

function WaitingDialog({ wants, onDone, onClose }: WaitingDialogProps) {
  if (wants === 'sign-in') return <SignInDialog onSignedIn={() => onDone()} onClose={onClose} />
  if (wants === 'stronger-key') return <StrongerKeyDialog onSettled={() => onDone()} onClose={onClose} />
  return <TapDialog sealRequestId={wants.tapFor} onSealed={({ sealId }) => onDone(sealId)} onClose={onClose} />
}
