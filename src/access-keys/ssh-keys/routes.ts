import { type Static, Type } from 'typebox'
import type { SshKeyTable } from '../../database/schema.ts'
import type { ActDescription, FactRow, SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { invalid } from '../../http/problem.ts'
import { actOf } from '../../identity/act.ts'
import { type Caller, getPerson } from '../../identity/caller.ts'
import { explainSshLogin } from '../../identity/judge-caller.ts'
import { getPersonByName } from '../../identity/people.ts'
import type { Ceremonies } from '../../identity/registration.ts'
import { parseSshPublicKey, type SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { SshError } from '../../protocols/ssh/ssh-error.ts'
import { sshKeySubject } from '../../seals/format/ssh-key-entry.ts'
import { enrolNamespace, enrolStatement, provePossession, type ProvenModel } from './prove-possession.ts'
import { addSshKey } from './add-ssh-key.ts'
import { type CutKey, endSshKey } from './end-ssh-key.ts'
import { getSshKey, listSshKeys } from './read-ssh-keys.ts'
import { bestOf, renderSshKey } from './render-ssh-key.ts'
import { NewSshKey, SshKeyList, SshKeyOfPerson, SshKeyView } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })
const ByName = Type.Object({ username: Type.String() })

const typeWords: Record<string, string> = {
  'ssh-ed25519': 'Ed25519, in a file',
  'ssh-rsa': 'RSA, in a file',
  'sk-ssh-ed25519@openssh.com': 'Ed25519, on a security key',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'ECDSA, on a security key',
}
const wordsOfType = (type: string): string => typeWords[type] ?? 'ECDSA, in a file'

const useWords = ({ forLogin, forSigning }: { forLogin: boolean; forSigning: boolean }): string =>
  [...(forLogin ? ['come in over SSH as you'] : []), ...(forSigning ? ['sign commits as you'] : [])].join(' and ')

/**
 * SSH keys of people: what they come in with over SSH and sign commits with. Each is added with a tap and a proof that
 * it is theirs; nothing here says what they may do, and agents have none.
 */
export function sshKeyRoutes(
  app: App,
  {
    ceremonies,
    cut,
    signersChanged,
  }: {
    ceremonies: Ceremonies
    cut: CutKey
    /** Told when what repositories say of people's keys is out of date. */
    signersChanged: () => void
  },
): void {
  const { database, now, place, attestation } = ceremonies

  const add: SensitiveAct = {
    name: 'ssh-key.add',
    async describe(request): Promise<ActDescription> {
      const body = request.body as NewSshKey
      const caller = getPerson(request)
      const { key, model } = await prove(caller, body)
      const worth = { ...key, attestationOutcome: model?.outcome ?? null, aaguid: model?.aaguid ?? null }
      const refused = body.forLogin ? await explainRefusal(caller, { ...worth, strengthCap: null }) : null
      return {
        title: `Add the SSH key “${body.name}”`,
        rows: [
          { label: 'Fingerprint', value: key.fingerprint, kind: 'text' },
          { label: 'Kind', value: wordsOfType(key.type), kind: 'text' },
          ...modelRows(model),
          { label: 'May', value: useWords(body), kind: 'text' },
          {
            label: 'Until',
            value: body.expiresInDays === null ? 'you end it' : `${body.expiresInDays} days from now`,
            kind: 'text',
          },
        ],
        // So that whoever checks a signed push later sees that this person said the key is theirs.
        ...(body.forSigning ? { subjects: [sshKeySubject(key.blob)] } : {}),
        ...(refused === null ? {} : { warnings: [`It will not let you in. ${refused}`] }),
      }
    },
  }

  const end: SensitiveAct = {
    name: 'ssh-key.end',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const row = await getSshKey(database.read, getPerson(request).id, id)
      const uses = useWords({ forLogin: row.forLogin === 1, forSigning: row.forSigning === 1 })
      return {
        title: `End the SSH key “${row.name}”`,
        rows: [
          { label: 'Fingerprint', value: row.fingerprint, kind: 'text' },
          { label: 'Until now it may', value: uses, kind: 'text' },
        ],
        warnings: ['What is open by it is cut at once.'],
      }
    },
  }

  /** @throws 422 */
  async function prove(
    caller: Caller,
    body: NewSshKey,
  ): Promise<{ key: SshPublicKey; model: ProvenModel | null; body: NewSshKey }> {
    if (!body.forLogin && !body.forSigning) throw invalid('forLogin', 'Choose what this key is for.')
    const key = readKey(body.publicKey)
    // A passkey of this place may be one too; of another, nobody could ever use it.
    if (key.application !== null && !key.application.startsWith('ssh:') && key.application !== place.rpId)
      throw invalid(
        'publicKey',
        'This security key was made for another place. Make one for SSH: ssh-keygen -t ed25519-sk.',
      )
    const statement = enrolStatement({ username: caller.username, origin: place.origin })
    const model = await provePossession(attestation, { key, statement, shown: body, at: now() })
    return { key, model, body }
  }

  /** By the rules of now, from where they are, with the key at its best; null where it is let in. */
  function explainRefusal(caller: Caller, worth: Parameters<typeof bestOf>[0]): Promise<string | null> {
    const { key, strength } = bestOf(worth)
    const login = { caller: { ...caller, strength, authenticatedAt: now() }, address: caller.address, key }
    return explainSshLogin(ceremonies, login, now())
  }

  const render = async (caller: Caller, row: SshKeyTable): Promise<SshKeyView> =>
    renderSshKey(row, row.forLogin === 0 ? null : await explainRefusal(caller, row))

  app.get('/api/v1/me/ssh-keys', {
    config: { access: 'person' },
    schema: { response: { 200: SshKeyList } },
    async handler(request) {
      const caller = getPerson(request)
      const rows = await listSshKeys(database.read, caller.id)
      return {
        items: await Promise.all(rows.map((row) => render(caller, row))),
        statement: enrolStatement({ username: caller.username, origin: place.origin }),
        namespace: enrolNamespace,
      }
    },
  })

  app.get('/api/v1/people/:username/ssh-keys', {
    config: { access: 'organisation:admin' },
    schema: { params: ByName, response: { 200: Type.Object({ items: Type.Array(SshKeyOfPerson) }) } },
    async handler(request) {
      const { id } = await getPersonByName(database.read, request.params.username)
      return { items: (await listSshKeys(database.read, id)).map((row) => renderSshKey(row, null)) }
    },
  })

  app.post('/api/v1/me/ssh-keys', {
    config: { access: 'person', act: add },
    schema: { body: NewSshKey, response: { 200: SshKeyView } },
    async handler(request) {
      const caller = getPerson(request)
      const proven = await prove(caller, request.body)
      return render(caller, await addSshKey(database, actOf(request, now), proven))
    },
  })

  app.delete('/api/v1/me/ssh-keys/:id', {
    config: { access: 'person', act: end },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await endSshKey(database, actOf(request, now), { id: request.params.id, cut })
      signersChanged()
      return reply.code(204).send(null)
    },
  })
}

const modelRows = (model: ProvenModel | null): FactRow[] => {
  if (model === null) return []
  const isProven = model.outcome === 'verified' || model.outcome === 'verified-software'
  const value = isProven ? (model.modelName ?? 'known, without a name') : 'not known to be of any maker'
  return [{ label: 'Model', value, kind: 'text' }]
}

/** What helps where a key is not taken. */
const help: Partial<Record<SshError['code'], string>> = {
  'key-weak': ' Make a new one: ssh-keygen -t ed25519',
  'key-unsupported': ' Make a new one: ssh-keygen -t ed25519',
}

/** @throws 422 */
function readKey(line: string): SshPublicKey {
  try {
    return parseSshPublicKey(line)
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    const [first = '', ...rest] = error.message
    throw invalid('publicKey', `${first.toUpperCase()}${rest.join('')}.${help[error.code] ?? ''}`)
  }
}
