/** A thread of `keyplan validate`, from its sources: what the command starts once all is built. */
import './typescript.js'

await import('../../src/cli/validate/thread.ts')
