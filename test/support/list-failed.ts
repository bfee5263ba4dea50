import type { TestEvent } from 'node:test/reporters'

/** A reporter of `node --test`: the path of a file for each test in it that failed, a line each. */
export default async function* listFailed(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) if (type === 'test:fail' && data.file !== undefined) yield `${data.file}\n`
}
