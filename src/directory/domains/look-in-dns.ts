import { Resolver } from 'node:dns/promises'
import { type Look, type LookForProof, missing, proofText, recordName } from './proof.ts'

/** More than these at one name are nobody's honest zone. */
const maxRecords = 100

const said: Record<string, string> = {
  ENOTFOUND: 'does not exist in DNS yet. New records can take some minutes to be seen',
  ENODATA: 'has no TXT record. New records can take some minutes to be seen',
  ESERVFAIL: 'could not be looked up: the name servers of the domain failed (SERVFAIL)',
  EREFUSED: 'could not be looked up: a name server refused to answer',
  ENOTIMP: 'could not be looked up: a name server does not know such questions',
  EFORMERR: 'could not be looked up: a name server does not understand the question',
  EBADRESP: 'was answered with something that is not DNS',
  ECONNREFUSED: 'could not be looked up: no name server answers',
  ETIMEOUT: 'could not be looked up: no name server answered in time',
  ECANCELLED: 'could not be looked up: no name server answered in time',
}

/** Looks for the proof in a TXT record. @param servers addresses, `ip` or `ip:port`; none: the system's */
export const lookInDns =
  ({ servers, timeoutMs = 5_000 }: { servers: readonly string[]; timeoutMs?: number }): LookForProof =>
  async (domain) => {
    const name = recordName(domain)
    // One for each look: nothing is remembered from the last one.
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
    const deadline = setTimeout(() => resolver.cancel(), timeoutMs)
    try {
      if (servers.length > 0) resolver.setServers(servers)
      return judge(name, await resolver.resolveTxt(name), proofText(domain))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      return missing(`${name} ${said[code] ?? 'could not be looked up'}.`)
    } finally {
      clearTimeout(deadline)
    }
  }

function judge(name: string, records: readonly string[][], wanted: string): Look {
  if (records.length > maxRecords)
    return missing(`${name} has ${records.length} TXT records; at most ${maxRecords} are read. Leave ours alone there.`)
  // RFC 7208 §3.3: the strings of one record are read as one.
  if (records.some((strings) => strings.join('') === wanted)) return { isFound: true }
  return missing(
    records.length === 1
      ? `The TXT record of ${name} says something else.`
      : `None of the ${records.length} TXT records of ${name} is the one that is wanted.`,
  )
}
