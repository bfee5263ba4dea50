import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MarkdownNode, htmlAsText, htmlToText } from './markdown-html.ts'

test('the words of HTML stay, its tags, scripts and comments go', () => {
  assert.equal(htmlAsText('<h1 align="center">Postern</h1>\n<script>alert(1)</script><!-- note -->'), 'Postern')
  assert.equal(htmlAsText('<script>alert(1)'), '')
  assert.equal(htmlAsText('<img src=x onerror=alert(1)>'), '')
})

test('a block becomes a paragraph, inline HTML becomes text', () => {
  const tree: MarkdownNode = {
    type: 'root',
    children: [
      { type: 'html', value: '<p>Hello</p>' },
      { type: 'html', value: '<!-- gone -->' },
      {
        type: 'paragraph',
        children: [
          { type: 'text', value: 'a' },
          { type: 'html', value: '<b>' },
        ],
      },
    ],
  }
  htmlToText()(tree)
  assert.deepEqual(tree.children, [
    { type: 'paragraph', children: [{ type: 'text', value: 'Hello' }] },
    { type: 'paragraph', children: [{ type: 'text', value: 'a' }] },
  ])
})
