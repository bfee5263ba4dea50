import { invalid } from '../http/problem.ts'
import { hostOf, type Outbound, OutboundError } from '../outbound/outbound.ts'

/** An address that may be told things now; each attempt judges it again. @throws a problem about `url` */
export async function checkTarget(outbound: Outbound, given: string): Promise<URL> {
  try {
    const url = outbound.checkUrl(given)
    await outbound.resolve(hostOf(url))
    return url
  } catch (error) {
    if (error instanceof OutboundError) throw invalid('url', error.message)
    throw error
  }
}
