import type { ApplicationSummary } from '../../api/shapes.ts'

type Check = (value: unknown) => string | null

const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === ''
const text =
  (why: string): Check =>
  (value) =>
    isBlank(value) ? why : null
const lines =
  (why: string): Check =>
  (value) =>
    Array.isArray(value) && value.some((line) => !isBlank(line)) ? null : why

/** What no application of a kind can do without, said all at once and before anything is sent. */
export const neededSettings: Record<ApplicationSummary['kind'], Record<string, Check | Record<string, Check>>> = {
  openid: { redirectUris: lines('Please give the address where it is told who came') },
  saml: {
    entityId: text('Please give what the tool calls itself'),
    acsUrls: lines('Please give the address that answers are sent to'),
  },
  route: {
    host: text('Please give the name that people type'),
    upstream: text('Please say where the tool runs'),
    rules: { title: (title) => (title === '' ? 'Please say what people read when it stops them' : null) },
  },
}
