/** `npm test`: makes the checkout ready, then runs what test/run/main.ts is told. */
import { prepare, requireNode } from '../../bin/prepare.js'

requireNode()
try {
  await prepare({ everything: true })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.stdout.write('\n0 passed, 1 failed\n')
  process.exit(1)
}
await import('../../bench/typescript.js')
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
