import type { ProvenSshKey, SshLogin } from '../access-keys/ssh-credential.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { ProblemError } from '../http/problem.ts'
import { actorOf } from '../identity/caller.ts'
import { SshLoginRefused } from '../identity/judge-caller.ts'
import { credentialId, type Login } from './login.ts'

export interface LoginRecord {
  /** Somebody is in. */
  used(login: Login, from: SshLogin): Promise<void>
  /** A key that is known here may not come in. */
  refused(key: ProvenSshKey, from: SshLogin, why: ProblemError): Promise<void>
}

/** A key in a file that logs in all day, and a refusal that is tried all day, is one line an hour. */
const silenceMs = 3_600_000
const mostRemembered = 10_000

/**
 * What the ledger says of logins over SSH: with which key, whether it was touched, with PIN or without, its counter.
 * Each login that took a touch; of others, and of refusals, the first in an hour. Per node, in memory.
 */
export function createLoginRecord({
  database,
  now,
}: {
  database: Pick<Database, 'write'>
  now: () => number
}): LoginRecord {
  const said = new Map<string, number>()
  function isNew(what: string): boolean {
    const at = now()
    if (at - (said.get(what) ?? -Infinity) < silenceMs) return false
    said.delete(what)
    said.set(what, at)
    const [oldest] = said.keys()
    if (said.size > mostRemembered && oldest !== undefined) said.delete(oldest)
    return true
  }

  return {
    async used(login, { address }) {
      const { caller, key } = login
      if (key.touch === null && !isNew(`${credentialId(login)} ${address}`)) return
      await database.write((tx) =>
        recordEvent(tx, {
          action: 'ssh.used',
          actor: actorOf(caller),
          target: { kind: caller.by.kind, id: credentialId(login) },
          facts: { key: caller.by.name, ...factsOf(key) },
          personal: { address },
          decision: caller.judged,
          at: now(),
        }),
      )
    },
    async refused(key, { address }, why) {
      const { code, message } = why
      if (!isNew(`${key.fingerprint} ${code} ${address}`)) return
      await database.write((tx) =>
        recordEvent(tx, {
          action: 'ssh.refused',
          actor: null,
          target: { kind: 'ssh-key', id: key.fingerprint },
          outcome: 'refused',
          facts: { ...factsOf(key), code, reason: message },
          personal: { address },
          ...(why instanceof SshLoginRefused ? { decision: why.judged } : {}),
          at: now(),
        }),
      )
    },
  }
}

const factsOf = ({ fingerprint, type, touch }: ProvenSshKey): Record<string, string | number> => ({
  fingerprint,
  keyType: type,
  touch: touch?.userPresence !== true ? 'none' : touch.userVerification ? 'verified' : 'present',
  ...(touch === null ? {} : { counter: touch.counter }),
})
