import { main } from './main.ts'

// Nothing of the command ends the process itself, so that a pipe can drain.
process.exitCode = await main(process.argv.slice(2))
