/** `npm run bench`: makes the checkout ready, then runs what bench/main.ts is told. */
import { setFlagsFromString } from 'node:v8'
import { prepare, requireNode } from '../bin/prepare.js'

requireNode()
try {
  await prepare({ everything: true })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
// What is measured in this process runs as it does in bin/keyplan.js.
setFlagsFromString('--no-allocation-site-pretenuring')
await import('./typescript.js')
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
