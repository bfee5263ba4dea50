import type { ProxyRequest } from '../entry.ts'

type Asked = Pick<ProxyRequest, 'method' | 'headers'>

/** Whether a person looks at what is answered: browsers say so in Fetch metadata, and by `Accept` where they send none. */
export function isForPerson({ headers }: Pick<Asked, 'headers'>): boolean {
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined) return mode === 'navigate'
  const { accept } = headers
  return typeof accept === 'string' && accept.includes('text/html')
}

/** Whether they may be led elsewhere and back: the whole page, and nothing sent that would be lost. */
export function isNavigation(asked: Asked): boolean {
  const dest = asked.headers['sec-fetch-dest']
  return asked.method === 'GET' && isForPerson(asked) && (dest === undefined || dest === 'document')
}
