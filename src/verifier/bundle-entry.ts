import { main as ledger } from './ledger/main.ts'
import { main } from './main.ts'

const [first, ...rest] = process.argv.slice(2)
// A folder of a clone may have that name.
const isLedger = first === 'ledger' && ['verify', 'verify-event', 'watch', '--help'].includes(rest[0] ?? '')
// Nothing of the command ends the process itself, so that a pipe can drain.
process.exitCode = await (isLedger ? ledger(rest) : main(process.argv.slice(2)))
