import { main as ledger } from './ledger/main.ts'
import { main } from './main.ts'
import { main as witness } from './witness/main.ts'

const args = process.argv.slice(2)
const [first, ...rest] = args
// A folder of a clone may have these names.
const isLedger = first === 'ledger' && ['verify', 'verify-event', 'watch', '--help'].includes(rest[0] ?? '')
const isWitness = first === 'witness' && ['--name', '--log', '--keep', '--listen', '--help'].includes(rest[0] ?? '')
// Nothing of the command ends the process itself, so that a pipe can drain.
process.exitCode = await (isLedger ? ledger(rest) : isWitness ? witness(rest) : main(args))
