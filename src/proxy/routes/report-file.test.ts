import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routesFileReporter } from './report-file.ts'

test('what of a file is not followed stands in the log with its lines, and is counted until it is mended', () => {
  const said: string[] = []
  const counts: number[] = []
  const report = routesFileReporter({
    path: '/etc/postern/routes.yaml',
    log: { error: (line) => void said.push(`error ${line}`), warn: (line) => void said.push(`warn ${line}`) },
    count: (problems) => void counts.push(problems),
  })
  report([{ line: 3, message: 'This is not YAML.' }], [])
  report([], [{ line: 5, message: '/admin/* does not stand for /admin itself.' }])
  assert.deepEqual(said, [
    'error /etc/postern/routes.yaml is not followed, what stood in it before stays in force:',
    'error /etc/postern/routes.yaml:3: This is not YAML.',
    'warn /etc/postern/routes.yaml:5: /admin/* does not stand for /admin itself.',
  ])
  assert.deepEqual(counts, [1, 0])
})
