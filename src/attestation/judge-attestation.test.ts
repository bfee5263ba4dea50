import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { firstPolicy } from '../policy/rule.ts'
import { makeCertificate } from '../protocols/test-certificate.ts'
import { readAttestationEvidence } from '../protocols/webauthn/attestation-evidence.ts'
import { parseMetadataEntries } from '../protocols/webauthn/metadata-entry.ts'
import type { SoftwareAuthenticatorOptions } from '../protocols/webauthn/software-authenticator.ts'
import type { Attester } from '../protocols/webauthn/software-attestation.ts'
import { enrol } from '../protocols/webauthn/test-ceremony.ts'
import { TEST_AAGUID, type TestFormat, type TestMaker, makeMaker } from '../protocols/webauthn/test-maker.ts'
import { appleModel } from './apple-model.ts'
import { judgeAttestation, modelKeyOf } from './judge-attestation.ts'
import { modelOf, renderModels } from './models.ts'

const dayMs = 86_400_000

/** Registers with these options and judges by metadata of these entries. */
async function judge(options: SoftwareAuthenticatorOptions, entries: unknown[], at = Date.now()) {
  const { registration } = await enrol(options)
  const evidence = readAttestationEvidence(registration.attestationObject)
  const row = renderModels(parseMetadataEntries(entries)).find(({ key }) => key === modelKeyOf(evidence))
  const model = row && modelOf(row)
  return judgeAttestation(evidence, {
    model,
    refuseStatuses: firstPolicy.refusedModelStatuses,
    registeredAt: at,
    now: Date.now(),
  })
}
const outcomeOf = async (maker: TestMaker, entries: unknown[]): Promise<string> =>
  (await judge({ attest: maker.attester }, entries)).outcome

const formats: TestFormat[] = ['packed', 'tpm', 'apple', 'android-key', 'fido-u2f']
for (const format of formats)
  describe(format, () => {
    const maker = makeMaker({ format })

    test('is verified down to the root that its model lists', async () => {
      const judged = await judge({ attest: maker.attester }, [maker.entry()])
      assert.deepEqual([judged.outcome, judged.model?.name, judged.statuses], ['verified', `Test key (${format})`, []])
      assert.equal(judged.trustPath?.at(-1), maker.root.x509.fingerprint256)
    })

    test('is not where metadata does not know the model, or lists other roots', async () => {
      assert.equal(await outcomeOf(maker, []), 'unverified-chain')
      const other = makeCertificate({ subject: [['CN', 'Test Maker Root']], isCa: true })
      const statement = { attestationRootCertificates: [other.der.toString('base64')] }
      assert.equal(await outcomeOf(maker, [maker.entry({ statement })]), 'unverified-chain')
    })

    test('is of a bad model once a refused status is in force', async () => {
      const judged = await judge({ attest: maker.attester }, [maker.entry({ statusReports: [{ status: 'REVOKED' }] })])
      assert.deepEqual([judged.outcome, judged.statuses], ['bad-status', ['REVOKED']])
    })

    test('counts as attested only where hardware keeps the key', async () => {
      const entry = maker.entry({ statement: { keyProtection: ['software'] } })
      assert.equal(await outcomeOf(maker, [entry]), 'verified-software')
    })
  })

describe('packed', () => {
  test('a root list may hold the signing certificate itself', async () => {
    const maker = makeMaker()
    let leaf: Buffer | undefined
    const attester: Attester = {
      aaguid: maker.aaguid,
      attest(made) {
        const members = maker.attester.attest(made)
        leaf = (members[1]?.[1] as Map<string, Buffer[]> | undefined)?.get('x5c')?.[0]
        return members
      },
    }
    const { registration } = await enrol({ attest: attester })
    const statement = { attestationRootCertificates: [leaf?.toString('base64')] }
    const [row = assert.fail()] = renderModels(parseMetadataEntries([maker.entry({ statement })]))
    const evidence = readAttestationEvidence(registration.attestationObject)
    const given = { model: modelOf(row), refuseStatuses: [], registeredAt: Date.now(), now: Date.now() }
    assert.equal(judgeAttestation(evidence, given).outcome, 'verified')
  })

  test('a key of one model cannot pass as another of the same maker', async () => {
    const root = makeCertificate({ subject: [['CN', 'Maker of two']], isCa: true })
    const cheap = makeMaker({ root, aaguid: TEST_AAGUID, namesModel: false })
    const dear = makeMaker({ root, aaguid: '0a1b2c3d-0000-4000-8000-00000000dead' })
    const lying: Attester = { ...cheap.attester, aaguid: dear.aaguid }
    assert.equal((await judge({ attest: lying }, [cheap.entry(), dear.entry()])).outcome, 'unverified-chain')
    assert.equal(await outcomeOf(dear, [cheap.entry(), dear.entry()]), 'verified')
    assert.equal(await outcomeOf(cheap, [cheap.entry()]), 'verified', 'the only model of its root needs no name')
  })

  test('a phone’s certified key cannot sign for a software key', async () => {
    // An app may choose the subject that Android certifies its key under, and sign whatever it likes with that key.
    const phone = makeMaker({ format: 'android-key' })
    const { registration } = await enrol({ attest: phone.attester })
    assert.equal(readAttestationEvidence(registration.attestationObject).isAndroidKey, true)
    const evidence = { ...readAttestationEvidence(registration.attestationObject), format: 'packed' }
    const [row = assert.fail()] = renderModels(parseMetadataEntries([phone.entry()]))
    const given = { model: modelOf(row), refuseStatuses: [], registeredAt: Date.now(), now: Date.now() }
    assert.equal(judgeAttestation(evidence, given).outcome, 'unverified-chain')
  })

  test('certificates count as of the day of the registration', async () => {
    const maker = makeMaker()
    const entries = [maker.entry()]
    assert.equal(
      (await judge({ attest: maker.attester }, entries, Date.now() + 4000 * dayMs)).outcome,
      'unverified-chain',
    )
    assert.equal((await judge({ attest: maker.attester }, entries, Date.now() + 30 * dayMs)).outcome, 'verified')
  })

  test('a claim alone proves nothing, and a claim to be a bad model counts against it', async () => {
    const maker = makeMaker()
    const claim = { aaguid: maker.aaguid }
    assert.equal((await judge({ ...claim, attestation: 'none' }, [maker.entry()])).outcome, 'none')
    const self = await judge({ ...claim, attestation: 'packed-self' }, [maker.entry()])
    assert.deepEqual([self.outcome, self.trustPath], ['self', null])
    const revoked = maker.entry({ statusReports: [{ status: 'REVOKED' }] })
    assert.equal((await judge({ ...claim, attestation: 'none' }, [revoked])).outcome, 'bad-status')
  })
})

test('nothing attested is none, with or without metadata', async () => {
  assert.equal((await judge({}, [])).outcome, 'none')
  assert.equal((await judge({}, [makeMaker().entry()])).model, null)
})

describe('apple', () => {
  test('needs no metadata, only Apple’s root: nobody else’s will do', async () => {
    const forged = makeMaker({ format: 'apple', aaguid: appleModel.key })
    const judged = await judge({ attest: forged.attester }, [])
    assert.deepEqual([judged.outcome, judged.model?.name], ['unverified-chain', 'Apple device'])
    assert.equal(appleModel.roots[0]?.fingerprint256.slice(0, 11), '09:15:DD:5C')
  })
})

test('an Android key that lies in software is no hardware, whatever metadata says', async () => {
  const maker = makeMaker({ format: 'android-key' })
  const { registration } = await enrol({ attest: maker.attester })
  const [row = assert.fail()] = renderModels(parseMetadataEntries([maker.entry()]))
  const evidence = { ...readAttestationEvidence(registration.attestationObject), mayBeHardware: false }
  const given = { model: modelOf(row), refuseStatuses: [], registeredAt: Date.now(), now: Date.now() }
  assert.equal(judgeAttestation(evidence, given).outcome, 'verified-software')
})
