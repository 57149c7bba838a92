#!/usr/bin/env node
import { prepare, requireNode } from './prepare.js'

requireNode()
try {
  await prepare()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
const { main } = await import('../dist/main.js')
process.exitCode = await main(process.argv.slice(2))
// What a failure left open must not keep the process.
setTimeout(() => process.exit(), 3000).unref()
