import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conflictCommands, shellWord } from './conflict-help.ts'

test('a branch name that the shell would run is quoted', () => {
  assert.equal(shellWord('feature/x-1'), 'feature/x-1')
  assert.equal(shellWord('a;rm$IFS-rf'), "'a;rm$IFS-rf'")
  assert.equal(shellWord("it's"), String.raw`'it'\''s'`)
  assert.equal(shellWord('-f'), "'-f'")
})

test('the target is merged into the source, and the source pushed', () => {
  const lines = conflictCommands('feature', 'main')
  assert.equal(lines[2], 'git merge origin/main')
  assert.equal(lines.at(-1), 'git push origin feature')
})
