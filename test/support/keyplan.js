/** The command line from its sources, as a process of its own: what `bin/keyplan.js` runs once all is installed and built. */
import './typescript.js'

const { main } = await import('../../src/main.ts')
process.exitCode = await main(process.argv.slice(2))
setTimeout(() => process.exit(), 3000).unref()
