import type { OpenidClient } from './find-client.ts'
import type { SignOnVerdict } from './judge-sign-on.ts'

/** An application’s question about the browser that brought it, as it was judged before the provider answers. */
export interface SignOnContext {
  client: OpenidClient
  verdict: SignOnVerdict
  /** Nobody may be asked anything: whatever is missing, the application hears the same. */
  isSilent: boolean
  /** Our page that says what is missing, with the question. */
  page: string
}
