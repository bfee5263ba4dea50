import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fingerprintOf, makeCommands, pastedProblem, readPastedKey, signCommand } from './ssh-key-words.ts'

const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAZ0jVmQ4VQ8hZ4yhQ8sFqfU8vJ0wq0mY0kq2nU'
const enrolment = { statement: 'this SSH key belongs to ana at http://localhost:7400', namespace: 'enroll@postern' }

test('a pasted line says what it is, and what it may be called', async () => {
  const key = readPastedKey(` ssh-ed25519 ${base64} ana at work\n`)
  assert.ok(key)
  assert.deepEqual([key.kind, key.comment, key.isSecurityKey], ['Ed25519, in a file', 'ana at work', false])
  assert.match(await fingerprintOf(key), /^SHA256:[\w+/]{43}$/)
  assert.equal(readPastedKey(`sk-ssh-ed25519@openssh.com ${base64}`)?.isSecurityKey, true)
})

test('what is no public key is refused in words', () => {
  assert.equal(pastedProblem(`ssh-ed25519 ${base64}`), null)
  assert.match(pastedProblem('-----BEGIN OPENSSH PRIVATE KEY-----') ?? '', /private key/)
  for (const text of ['', 'hello', `ssh-dss ${base64}`, `ssh-ed25519 ${base64}\nssh-ed25519 ${base64}`])
    assert.notEqual(pastedProblem(text), null, text)
})

test('the commands name the statement, and the file that such a key usually lies in', () => {
  assert.equal(
    signCommand(enrolment, { type: 'sk-ssh-ed25519@openssh.com' }),
    `echo '${enrolment.statement}' | ssh-keygen -Y sign -n enroll@postern -f ~/.ssh/id_ed25519_sk`,
  )
  const [challenge, make] = makeCommands(enrolment)
  assert.equal(challenge, `echo '${enrolment.statement}' > postern-challenge`)
  assert.match(
    make ?? '',
    /-O verify-required -O challenge=postern-challenge -O write-attestation=postern-attestation$/,
  )
})
