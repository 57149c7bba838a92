#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { prepare, requireNode } from './prepare.js'

requireNode()
try {
  await prepare()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
// Otherwise V8 comes to put what each request makes among what is to stay, from where only a full collection takes it (docs/performance.md).
setFlagsFromString('--no-allocation-site-pretenuring')
const { main } = await import('../dist/main.js')
process.exitCode = await main(process.argv.slice(2))
// What a failure left open must not keep the process.
setTimeout(() => process.exit(), 3000).unref()
