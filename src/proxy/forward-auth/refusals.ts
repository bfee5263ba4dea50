import { ProblemError, renderProblem, tryAgain } from '../../http/problem.ts'
import { meantPlainly, writePlainly } from '../door/read-request.ts'
import { openToolItself } from '../door/trouble.ts'
import type { AnsweredHere } from '../entry.ts'
import type { Original } from './read-original.ts'

/** Why a question is not even asked: each of them a no, since a proxy that hears anything else might go on. */
const refusals = {
  'not-trusted': (peer = '') => ({
    title: `This server does not take the word of ${peer} about anybody.`,
    help: 'If that is your proxy, name it in POSTERN_TRUSTED_PROXIES.',
  }),
  unreadable: (problem = '') => ({
    title: problem,
    help: 'See the guide of your proxy under docs/guides/proxy.',
  }),
  'no-route': (host = '') => ({
    title: `There is no route for ${host}.`,
    help: 'Add one under Applications, or let your proxy ask only for the hosts that have one.',
  }),
  'wrong-place': (place = '') => ({
    title: `This tool is at ${place}.`,
    help: 'Let your proxy pass on the host as the browser names it, with its port, and the scheme.',
  }),
  'ambiguous-method': () => ({ title: 'This request says that it is meant as another kind.', help: meantPlainly }),
  'ambiguous-path': () => ({ title: 'This address can be read in more than one way.', help: writePlainly }),
  'foreign-page': () => ({ title: 'A page of another site asked for this connection.', help: openToolItself }),
  'no-such-answer': () => ({
    title: 'Proxies ask at /proxy/verify, /proxy/verify/status or /proxy/verify/page.',
    help: 'See the guide of your proxy under docs/guides/proxy.',
  }),
  failed: () => ({ title: 'Something went wrong here. It has been logged.', help: tryAgain }),
} satisfies Record<string, (about?: string) => { title: string; help: string }>

export function renderRefusal(code: keyof typeof refusals, about?: string): AnsweredHere {
  const { title, help } = refusals[code](about)
  const status = code === 'failed' ? 500 : 403
  const problem = new ProblemError(status, `verify:${code}`, title, { help })
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify(renderProblem(problem)),
  }
}

/** For who was refused a moment ago and would be let in by now: the same once more, where that does no harm. */
export const askAgain = ({ method, url }: Pick<Original, 'method' | 'url'>): AnsweredHere =>
  method === 'GET' || method === 'HEAD'
    ? { kind: 'answer', status: 303, headers: { location: besideHost(url), 'cache-control': 'no-store' }, body: '' }
    : {
        kind: 'answer',
        status: 409,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
        body: 'You are let in by now. Go back and send it again.\n',
      }

/** `//elsewhere` would lead to another host. */
const besideHost = (url: string): string => url.replace(/^[/\\]+/, '/')
