/**
 * Node's own HTTP without what an `import` of it brings along: as a module `node:http` names Node's WebSocket too, and
 * with that comes the whole of `fetch`, which costs each start 12 MB and 25 ms. `test/architecture.test.ts` keeps to it.
 */
export const http = process.getBuiltinModule('node:http')
export const https = process.getBuiltinModule('node:https')
