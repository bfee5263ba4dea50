import type { TestEvent } from 'node:test/reporters'

/** Node says it since 26; its types do not know it yet. */
type Entered = { entryFile?: string }

/** A reporter of `node --test`: for each test that failed, the path of the file that was run, a line each. */
export default async function* listFailed(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:fail') continue
    const path = (data as Entered).entryFile ?? data.file
    if (path !== undefined) yield `${path}\n`
  }
}
