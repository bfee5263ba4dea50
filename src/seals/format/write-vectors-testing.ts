import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createSignedPushVector } from './signed-push-vectors-testing.ts'
import { type VectorKeys, createVectorKeys, createVectors } from './vectors-testing.ts'

// Rewrites docs/formats/vectors/ with the keys that are there: `node src/seals/format/write-vectors-testing.ts [files…]`.
const folder = new URL('../../../docs/formats/vectors/', import.meta.url)
const write = (name: string, value: unknown) =>
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, null, 2)}\n`)

const keysFile = fileURLToPath(new URL('keys.json', folder))
const keys = existsSync(keysFile) ? (JSON.parse(readFileSync(keysFile, 'utf8')) as VectorKeys) : createVectorKeys()
const { proven, refused, revocation } = createVectors(keys)
const wanted = process.argv.slice(2)
const files = {
  'keys.json': keys,
  ...proven,
  'seal-refused.json': refused,
  'revocation.json': revocation,
  'signed-push.json': createSignedPushVector(keys),
}
for (const [name, content] of Object.entries(files)) {
  if (wanted.length === 0 || wanted.includes(name)) write(name, content)
}
