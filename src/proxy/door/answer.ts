import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { AnsweredHere } from '../entry.ts'
import { withoutKeys } from './permissions-policy.ts'

/** Answers for the upstream. */
export function answer(response: ServerResponse, { status, headers, body }: AnsweredHere, isHttps: boolean): void {
  response.writeHead(status, {
    'permissions-policy': withoutKeys,
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    ...headers,
    'content-length': Buffer.byteLength(body),
  } satisfies OutgoingHttpHeaders as OutgoingHttpHeaders)
  response.end(body)
}
