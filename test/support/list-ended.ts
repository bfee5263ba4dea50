import type { TestEvent } from 'node:test/reporters'

/** A reporter of `node --test`: what stands outermost, a line each: `passed` or `failed`, and its name. */
export default async function* listEnded(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events)
    if (type === 'test:pass' && data.nesting === 0) yield `passed ${data.name}\n`
    else if (type === 'test:fail' && data.nesting === 0) yield `failed ${data.name}\n`
}
