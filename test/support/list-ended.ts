import type { TestEvent } from 'node:test/reporters'

/**
 * A reporter of `node --test`: what stands outermost, a line each: `passed` or `failed` and its name, or `empty` where it
 * passed with nothing in it; and `over` when all of it has ended.
 */
export default async function* listEnded(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let within = 0
  for await (const { type, data } of events)
    if (type === 'test:summary') {
      if (data.file === undefined) yield 'over\n'
    } else if (type === 'test:pass' || type === 'test:fail') {
      if (data.nesting > 0) within += 1
      else {
        yield `${type === 'test:fail' ? 'failed' : within === 0 ? 'empty' : 'passed'} ${data.name}\n`
        within = 0
      }
    }
}
