/** The process that validates what is large, from its sources: what the service starts once all is built. */
import './typescript.js'

await import('../../src/api/validating/process.ts')
