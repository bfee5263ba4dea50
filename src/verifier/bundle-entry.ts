import { main as ledger } from './ledger/main.ts'
import { main } from './main.ts'

const [first, ...rest] = process.argv.slice(2)
// Nothing of the command ends the process itself, so that a pipe can drain.
process.exitCode = await (first === 'ledger' ? ledger(rest) : main(process.argv.slice(2)))
