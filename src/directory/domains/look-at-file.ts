import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import { fileUrl, type LookForProof, missing, proofText } from './proof.ts'

const limits = { timeoutMs: 5_000, maxResponseBytes: 4_096 }

/** Looks for the proof in a file on the domain's web server. Never follows a redirect: whoever it leads to proves nothing. */
export const lookAtFile =
  (outbound: Pick<Outbound, 'request'>): LookForProof =>
  async (domain) => {
    const url = fileUrl(domain)
    try {
      const { status, body, isCut } = await outbound.request(url, limits)
      if (status >= 300 && status < 400)
        return missing(`${url} leads elsewhere (status ${status}). The file must be there itself.`)
      if (status !== 200) return missing(`${url} answers with status ${status}, not with the file.`)
      if (isCut) return missing(`The file at ${url} is longer than ${limits.maxResponseBytes} bytes.`)
      if (body.toString('utf8').trim() === proofText(domain)) return { isFound: true }
      return missing(`The file at ${url} says something else.`)
    } catch (error) {
      return missing(error instanceof OutboundError ? error.message : `${domain.name} could not be asked.`)
    }
  }
