import { ProblemError, renderProblem } from '../../http/problem.ts'
import type { AnsweredHere } from '../entry.ts'
import { pageHeaders } from './render-page.ts'

export const redirect = (location: string, cookies: string[] = []): AnsweredHere => ({
  kind: 'answer',
  status: 303,
  headers: { ...pageHeaders, location, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) },
  body: '',
})

/** For whoever reads no pages: scripts and programs. */
export const problem = (error: ProblemError): AnsweredHere => ({
  kind: 'answer',
  status: error.status,
  headers: { ...pageHeaders, 'content-type': 'application/problem+json', ...error.details.headers },
  body: JSON.stringify(renderProblem(error)),
})

export const json = (body: object): AnsweredHere => ({
  kind: 'answer',
  status: 200,
  headers: { ...pageHeaders, 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})
