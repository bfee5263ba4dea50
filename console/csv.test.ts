import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderCsv } from './csv.ts'

test('a table becomes lines of cells, quoted where they must be', () => {
  assert.equal(
    renderCsv([
      ['Name', 'Count'],
      ['Zoë, the “first”', 12],
      ['says "hello"', null],
      ['two\nlines', -3],
    ]),
    '\uFEFFName,Count\r\n"Zoë, the “first”",12\r\n"says ""hello""",\r\n"two\nlines",-3\r\n',
  )
})

test('a name is never a formula', () => {
  for (const name of ['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])
    assert.match(renderCsv([[name]]), /^\uFEFF"?'/)
})
