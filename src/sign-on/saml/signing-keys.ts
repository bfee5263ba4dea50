import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import type { SamlSigningKeyTable } from '../../database/schema.ts'
import { conflict, lookAgain } from '../../http/problem.ts'
import { makeSelfSigned } from '../../protocols/saml/self-signed.ts'
import type { Signer } from '../../protocols/saml/sign-element.ts'
import type { Secrets } from '../../secrets/secrets.ts'

/** Certificates that metadata names, the one that signs first; and the one after it, which tools learn in good time. */
export interface SamlKeys {
  signer(): Promise<Signer>
  list(): Promise<SamlSigningKeyTable[]>
  /** The key that was the next one signs from now on. @throws 409 where somebody was quicker */
  rollOver(tx: Tx<'samlSigningKey'>, at: number): Promise<SamlSigningKeyTable>
}

const dayMs = 86_400_000
const validForMs = 10 * 365 * dayMs

/**
 * There are always two keys: the one that signs and the next one, published beside it. So tools that read metadata from
 * time to time know the next one long before it signs.
 */
export function createSamlKeys(parts: {
  database: Database
  secrets: Pick<Secrets, 'getOrCreate'>
  host: string
  now: () => number
}): SamlKeys {
  const { database, secrets, host, now } = parts
  const opened = new Map<number, KeyObject>()
  const signers = new Map<number, Signer>()

  async function open(number: number, create: () => string): Promise<KeyObject> {
    const known = opened.get(number)
    if (known !== undefined) return known
    const key = createPrivateKey(await secrets.getOrCreate(`saml-signing-${number}`, create))
    opened.set(number, key)
    return key
  }

  /** A key of that number, by whichever node comes first; each then certifies the same one. */
  async function make(number: number): Promise<void> {
    const { privateKey: fresh } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const privateKey = await open(number, () => fresh.export({ type: 'pkcs8', format: 'pem' }))
    const at = now()
    const der = makeSelfSigned({
      privateKey,
      commonName: `${host} SAML`,
      validFrom: at - dayMs,
      validUntil: at + validForMs,
    })
    const row = {
      number,
      certificate: new X509Certificate(der).toString(),
      createdAt: at,
      signsFrom: number === 1 ? at : null,
    }
    try {
      await database.write((tx) => orUniqueViolation(tx.insertInto('samlSigningKey').values(row).execute()))
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  /** The one that signs, then the next. */
  async function list(): Promise<SamlSigningKeyTable[]> {
    const rows = await selectKeys(database.read, {})
    const signing = rows.filter(({ signsFrom }) => signsFrom !== null).at(-1)
    const next = rows.find(({ signsFrom }) => signsFrom === null)
    if (signing !== undefined && next !== undefined) return [signing, next]
    await make((rows.at(-1)?.number ?? 0) + 1)
    return list()
  }

  return {
    list,

    async signer() {
      const [{ number, certificate } = notThere()] = await list()
      const known = signers.get(number)
      if (known !== undefined) return known
      const signer = { privateKey: await open(number, notThere), certificate: derOf(certificate) }
      signers.set(number, signer)
      return signer
    },

    async rollOver(tx, at) {
      const next = await tx
        .updateTable('samlSigningKey')
        .set({ signsFrom: at })
        // Asked once more of a row that somebody else had under way.
        .where('signsFrom', 'is', null)
        .where('number', '=', (eb) =>
          eb
            .selectFrom('samlSigningKey')
            .select(({ fn }) => fn.min('number').as('next'))
            .where('signsFrom', 'is', null),
        )
        .returningAll()
        .executeTakeFirst()
      if (next === undefined)
        throw conflict('rolled-over', 'Somebody has gone on to the next certificate just now.', { help: lookAgain })
      return next
    },
  }
}

// Every answer asks this: another node may have gone on to the next.
const selectKeys = prepared((db: Db<'samlSigningKey'>) => db.selectFrom('samlSigningKey').selectAll().orderBy('number'))

/** As metadata and signatures carry it. */
export const derOf = (pem: string): string => new X509Certificate(pem).raw.toString('base64')

function notThere(): never {
  throw new Error('a key that signs answers by SAML is missing from this database')
}
