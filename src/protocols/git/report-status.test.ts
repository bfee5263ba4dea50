import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parsePkt } from './pkt-line.ts'
import { addSentences, oneLine, readReport, refusePush } from './report-status.ts'

const commands = [{ ref: 'refs/heads/main', oldOid: '0'.repeat(40), newOid: '1'.repeat(40) }]
const refusal = { reason: 'protected', sentences: ['Open a pull request.', 'Then tap.'] }

function lines(bytes: Buffer): string[] {
  const found: string[] = []
  for (let offset = 0; offset < bytes.length;) {
    const parsed = parsePkt(bytes, offset)
    assert.ok(parsed)
    found.push(parsed.line.kind === 'data' ? parsed.line.payload.toString() : parsed.line.kind)
    offset = parsed.next
  }
  return found
}

it('answers in side bands where the client has them', () => {
  const bytes = refusePush({ commands, capabilities: ['report-status-v2', 'side-band-64k'] }, refusal)
  assert.deepEqual(lines(bytes), [
    '\u0002Open a pull request.\nThen tap.\n',
    '\u0001000eunpack ok\n0021ng refs/heads/main protected\n0000',
    'flush',
  ])
})

it('answers plainly without side bands, and not at all without report-status', () => {
  const plain = refusePush({ commands, capabilities: ['report-status'] }, refusal)
  assert.deepEqual(lines(plain), ['unpack ok\n', 'ng refs/heads/main protected\n', 'flush'])
  assert.equal(refusePush({ commands, capabilities: [] }, refusal).length, 0)
})

it('adds sentences to an answer of git before its end, and to nothing that it does not understand', () => {
  const banded = { capabilities: ['report-status', 'side-band-64k'] }
  const answer = refusePush({ commands, ...banded }, { reason: 'failed to update ref', sentences: [] })
  assert.deepEqual(lines(addSentences(answer, banded, ['Fetch.\u001b', 'Push again.'])), [
    ...lines(answer).slice(0, -1),
    '\u0002Fetch.\nPush again.\n',
    'flush',
  ])
  const plain = { capabilities: ['report-status'] }
  for (const [bytes, request, sentences] of [
    [answer, banded, []],
    [answer.subarray(0, -8), banded, ['Fetch.']],
    [refusePush({ commands, ...plain }, refusal), plain, ['Fetch.']],
  ] as const)
    assert.deepEqual(addSentences(bytes, { capabilities: [...request.capabilities] }, sentences), bytes)
})

it('reads of an answer of git which updates it made, and nothing where it does not say', () => {
  const main = 'refs/heads/main'
  for (const capabilities of [
    ['report-status'],
    ['report-status-v2', 'side-band'],
    ['report-status', 'side-band-64k'],
  ]) {
    const answer = refusePush({ commands, capabilities }, refusal)
    assert.deepEqual(readReport(answer, { capabilities }), new Map([[main, false]]))
    const made = Buffer.from(answer.toString('latin1').replace(`0021ng ${main} protected`, `0018ok ${main}`), 'latin1')
    if (capabilities.length === 1) assert.deepEqual(readReport(made, { capabilities }), new Map([[main, true]]))
    for (const cut of [Buffer.alloc(0), Buffer.from('no pkt-line'), answer.subarray(0, 10)])
      assert.equal(readReport(cut, { capabilities }), undefined)
  }
})

it('cuts long reports into lines that fit', () => {
  const many = Array.from({ length: 1000 }, (_, index) => ({
    ...commands[0]!,
    ref: `refs/heads/${'x'.repeat(100)}${index}`,
  }))
  for (const band of ['side-band', 'side-band-64k']) {
    const parts = lines(refusePush({ commands: many, capabilities: ['report-status', band] }, refusal))
    assert.ok(parts.every((part) => part.length <= (band === 'side-band' ? 996 : 65516)))
    const report = parts.filter((part) => part.startsWith('\u0001')).map((part) => part.slice(1))
    assert.equal(lines(Buffer.from(report.join(''))).length, 1002)
  }
})

it('lets no control character out, so that nothing can be forged in a terminal or a report', () => {
  assert.equal(oneLine('a\nng refs/heads/x\u001b[31m\u202e'), 'a ng refs/heads/x [31m')
  const bytes = refusePush({ commands, capabilities: ['report-status'] }, { reason: 'no\n0000', sentences: [] })
  assert.deepEqual(lines(bytes), ['unpack ok\n', 'ng refs/heads/main no 0000\n', 'flush'])
})
