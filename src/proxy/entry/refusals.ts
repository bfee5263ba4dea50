import type { UseVerdict } from '../../applications/judge-use.ts'
import { ProblemError } from '../../http/problem.ts'
import { stepUpHeader } from '../../policy/step-up-header.ts'
import { routeOrigin } from '../routes/route-origin.ts'
import type { AnsweredHere, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { problem } from './answers.ts'
import { isForPerson } from './is-navigation.ts'
import { type PageAction, renderPage } from './render-page.ts'

/** Somebody without a session here whose browser cannot be led to sign in: what they were about to do stays with them. */
export function refuseUnknown(route: Route, request: ProxyRequest, origin: string): AnsweredHere {
  const { name } = route.application
  if (!isForPerson(request))
    return problem(
      new ProblemError(401, 'sign-in-required', notSignedInTo(name), {
        help: signInThere(route, origin),
        headers: { 'www-authenticate': 'Bearer realm="Postern"' },
      }),
    )
  const inNewTab: PageAction = { label: 'Sign in, in a new tab', href: '/', isNewTab: true }
  if (request.method === 'GET' || request.method === 'HEAD')
    return renderPage({
      status: 401,
      title: `Sign in to ${name}`,
      sentences: [
        'This part of a page cannot sign you in by itself. Open a new tab, sign in there, and reload this page.',
      ],
      actions: [inNewTab],
    })
  return renderPage({
    status: 401,
    title: 'You are not signed in any more',
    sentences: [
      `What you sent to ${name} was not lost: your browser still has it.`,
      'Open a new tab and sign in there. Then come back to this one, reload it, and let your browser send the form again.',
    ],
    actions: [inNewTab],
  })
}

export const notSignedInTo = (name: string): string => `You are not signed in to ${name}.`

export const signInThere = ({ host }: Pick<Route, 'host'>, origin: string): string =>
  `Open ${routeOrigin(origin, host)}/ in the browser and sign in; then try again.`

/** No tap of theirs helps: by which rule, and whom to ask. */
export function refuseUse(
  route: Route,
  request: ProxyRequest,
  { sentence, help, rule }: Extract<UseVerdict, { outcome: 'deny' }>,
  origin: string,
): AnsweredHere {
  if (!isForPerson(request))
    return problem(
      new ProblemError(403, 'not-allowed', sentence, {
        help,
        ...(rule === null ? {} : { detail: `Rule: ${rule.title}` }),
      }),
    )
  return renderPage({
    status: 403,
    title: `${route.application.name} did not open`,
    sentences: [sentence, help],
    actions: [
      { label: 'See your tools', href: `${origin}/` },
      { label: 'Sign out', href: '/.postern/sign-out', isQuiet: true },
    ],
  })
}

/** Another tap of theirs would do, and their browser cannot be led to it from here. */
export function refuseStepUp(
  route: Route,
  request: ProxyRequest,
  { sentence, requires }: Extract<UseVerdict, { outcome: 'step-up' }>,
  stepUpAt: string,
): AnsweredHere {
  if (!isForPerson(request))
    return problem(
      new ProblemError(401, 'step-up-required', sentence, {
        help: 'Open it in the browser, tap your key when you are asked, and try again.',
        link: stepUpAt,
        requires,
        headers: { 'www-authenticate': stepUpHeader({ ...requires, why: 'Tap your key again' }) },
      }),
    )
  const isSent = request.method !== 'GET' && request.method !== 'HEAD'
  return renderPage({
    status: 401,
    title: 'Tap your key again',
    sentences: [
      sentence,
      ...(isSent
        ? [
            `What you sent to ${route.application.name} was not lost. Tap in a new tab, come back to this one, reload it, and let your browser send the form again.`,
          ]
        : []),
    ],
    actions: [{ label: isSent ? 'Tap in a new tab' : 'Go on to the tap', href: stepUpAt, isNewTab: isSent }],
  })
}
