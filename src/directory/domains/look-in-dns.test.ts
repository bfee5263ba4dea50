import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DnsAnswer, startDnsServer } from '../../../test/support/dns-server.ts'
import { lookInDns } from './look-in-dns.ts'

const domain = { name: 'acme.example', token: 'right' }
const record = '_postern-challenge.acme.example'
const proof = 'postern-domain-verification=right'

async function looking(answer: DnsAnswer | undefined, timeoutMs = 5_000): Promise<{ why: string; overTcp: number }> {
  await using dns = await startDnsServer()
  dns.set(record, answer)
  const look = await lookInDns({ servers: [dns.address], timeoutMs })(domain)
  assert.ok(dns.asked.every((name) => name === record))
  return { why: look.isFound ? 'found' : look.why, overTcp: dns.overTcp }
}

test('the record is found beside others, in pieces, and where the answer is too long for UDP', async () => {
  assert.equal((await looking({ texts: [proof] })).why, 'found')
  assert.equal((await looking({ texts: ['v=spf1 -all', proof, ''] })).why, 'found')
  const long = await looking({ texts: [proof, ...Array.from({ length: 50 }, (_, n) => `${n}`.padStart(40, 'x'))] })
  assert.equal(long.why, 'found')
  assert.equal(long.overTcp, 1)
})

test('a record that only resembles the proof is none', async () => {
  for (const text of [
    'postern-domain-verification=wrong',
    ` ${proof}`,
    `${proof} `,
    `x${proof}`,
    proof.toUpperCase(),
    'right',
    '',
  ])
    assert.equal((await looking({ texts: [text] })).why, `The TXT record of ${record} says something else.`, text)
  assert.match((await looking({ texts: ['a', 'b'] })).why, /^None of the 2 TXT records of _postern/)
})

test('each failure of DNS is one sentence that says what to do or who failed', async () => {
  assert.match((await looking(undefined)).why, /does not exist in DNS yet\. New records can take some minutes/)
  assert.match((await looking({ texts: [] })).why, /has no TXT record\. New/)
  assert.match((await looking({ rcode: 2 })).why, /the name servers of the domain failed \(SERVFAIL\)\.$/)
  assert.match((await looking({ rcode: 5 })).why, /a name server refused to answer\.$/)
  assert.match((await looking({ garbage: Buffer.alloc(40, 0xff) }, 300)).why, /is not DNS\.$|answered in time\.$/)
  const gone = await lookInDns({ servers: ['127.0.0.1:1'], timeoutMs: 2_000 })(domain)
  assert.match(gone.isFound ? 'found' : gone.why, /no name server answer(s|ed in time)\.$/)
})

test('a server that says nothing is waited for no longer than agreed', async () => {
  assert.match((await looking({ silence: true }, 150)).why, /no name server answered in time\.$/)
})

test('as many records as one answer can hold are not searched, and one that speaks of more is no answer', async () => {
  // RFC 1035 §4.2.2: an answer has 65,535 bytes at most, and a record no fewer than 13.
  const many = Array.from({ length: 5_000 }, () => '')
  const { why, overTcp } = await looking({ texts: [...many, proof] })
  assert.match(why, /^_postern-challenge\.acme\.example has 5001 TXT records; at most 100 are read\./)
  assert.equal(overTcp, 1)
  const question = Buffer.concat([
    ...record.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.from([0, 0, 16, 0, 1]),
  ])
  // One question, ten thousand answers of which not one is there.
  const lying = Buffer.concat([Buffer.from([0x81, 0x80, 0, 1, 0x27, 0x10, 0, 0, 0, 0]), question])
  assert.match((await looking({ garbage: lying }, 2_000)).why, /is not DNS\.$|answered in time\.$/)
})
