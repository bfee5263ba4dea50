import type { NewSshKey, SshKeyList, SshKeyView } from '../../src/access-keys/ssh-keys/shapes.ts'
import type { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { armorSshsig, sshsigBlob } from '../../src/protocols/sshsig/sshsig.ts'
import type { Attester } from '../../src/protocols/webauthn/software-attestation.ts'
import type { Person } from '../../src/walk/person.ts'

export interface AddWish extends Partial<NewSshKey> {
  /** The key was made for the statement, and its maker vouches for it. */
  attester?: Attester
}

/** What `ssh-keygen -Y sign` prints for this key; shells end the line that they hand over as they like. */
export const signStatement = (key: TestSshKey, { statement, namespace }: SshKeyList, end = '\n'): string =>
  armorSshsig({
    publicKey: key.publicKey,
    namespace,
    signature: key.sign(sshsigBlob(namespace, Buffer.from(`${statement}${end}`))),
  })

/** Adds a key to a person's account, with their tap and its proof, for logging in and signing unless said. */
export async function addSshKey(person: Person, key: TestSshKey, wish: AddWish = {}): Promise<SshKeyView> {
  return person.act('POST', '/me/ssh-keys', await newSshKeyBody(person, key, wish))
}

export async function newSshKeyBody(
  person: Person,
  key: TestSshKey,
  { attester, ...wish }: AddWish = {},
): Promise<NewSshKey> {
  const list = await person.call<SshKeyList>('GET', '/me/ssh-keys')
  const proof =
    attester === undefined
      ? { signature: signStatement(key, list) }
      : { attestation: key.attest(Buffer.from(`${list.statement}\n`), attester).toString('base64') }
  return {
    name: 'laptop',
    publicKey: key.line,
    forLogin: true,
    forSigning: true,
    expiresInDays: null,
    ...proof,
    ...wish,
  }
}
