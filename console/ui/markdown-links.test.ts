import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anchorOf, headingAnchor, markdownTarget } from './markdown-links.ts'

test('a link that would run script leads nowhere, however it is written', () => {
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:x',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'blob:https://x/1',
    'https://',
    '',
  ])
    assert.deepEqual(markdownTarget(href, ''), { kind: 'dead' }, JSON.stringify(href))
})

test('a relative link leads to a file from where the document lies', () => {
  assert.deepEqual(markdownTarget('../src/main.ts#L3', 'docs'), { kind: 'file', path: 'src/main.ts', hash: 'L3' })
  assert.deepEqual(markdownTarget('./a%20b.md', 'docs'), { kind: 'file', path: 'docs/a b.md', hash: '' })
  assert.deepEqual(markdownTarget('/LICENSE', 'docs/deep'), { kind: 'file', path: 'LICENSE', hash: '' })
  assert.deepEqual(markdownTarget('img.png?raw=true', ''), { kind: 'file', path: 'img.png', hash: '' })
})

test('a path out of the repository leads nowhere', () => {
  for (const href of ['../x', '%2e%2e/x', 'a/../../x', '%E0%A4%A'])
    assert.equal(markdownTarget(href, '').kind, 'dead', href)
})

test('another host is remote, also without its scheme', () => {
  assert.deepEqual(markdownTarget('https://example.com/a', ''), { kind: 'remote', href: 'https://example.com/a' })
  assert.deepEqual(markdownTarget('//example.com/a', ''), { kind: 'remote', href: 'https://example.com/a' })
  assert.equal(markdownTarget('\\\\example.com/a', '').kind, 'remote')
  assert.equal(markdownTarget('mailto:ana@example.com', '').kind, 'remote')
})

test('an anchor meets its heading, and nothing else of the page', () => {
  assert.equal(headingAnchor('What it is, in short!'), 'user-content-what-it-is-in-short')
  assert.deepEqual(markdownTarget('#what-it-is-in-short', ''), {
    kind: 'anchor',
    hash: 'user-content-what-it-is-in-short',
  })
  assert.deepEqual(markdownTarget('#user-content-fn-1', ''), { kind: 'anchor', hash: 'user-content-fn-1' })
})

test('what a URL names after # is a heading, with the prefix or without it', () => {
  assert.equal(anchorOf('#the-end'), 'user-content-the-end')
  assert.equal(anchorOf('#user-content-the-end'), 'user-content-the-end')
  assert.equal(anchorOf('#%C3%BCber-uns'), headingAnchor('Über uns'))
  for (const none of ['', '#', '#%E0%A4%A']) assert.equal(anchorOf(none), null, none)
})
