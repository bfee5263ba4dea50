import { api } from '../../api/client.ts'
import { makeProblem, ProblemError } from '../../api/problem.ts'
import type { NotificationView } from '../../api/shapes.ts'

/** Whether this browser has what the Push API asks for. */
export const canBeTold = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** Asks the person, then the browser's push service, and tells the server where this browser is reached. */
export async function subscribeHere(publicKey: string): Promise<NotificationView> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw refusal('This browser was told not to show notes from here.', 'Allow them in its settings for this site.')
  const registration = await navigator.serviceWorker.register('/-/push-worker.js', { scope: '/-/' })
  const ready = await active(registration)
  try {
    const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    const { endpoint, keys } = made.toJSON()
    return await api.post<NotificationView>('/me/push-subscriptions', { endpoint, keys })
  } catch (error) {
    if (error instanceof DOMException)
      throw refusal(
        'This browser did not say where it can be reached.',
        'It may not reach its push service. Try later.',
      )
    throw error
  }
}

/** A worker that has just been registered takes a moment until it can subscribe. */
async function active(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  const worker = registration.installing ?? registration.waiting
  if (registration.active === null && worker !== null)
    await new Promise<void>((resolve) => {
      worker.addEventListener('statechange', () => worker.state === 'activated' && resolve())
    })
  return registration
}

const refusal = (title: string, help: string): ProblemError =>
  new ProblemError(makeProblem('not-told-here', title, help))
