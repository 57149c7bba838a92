/** Prints the megabytes that a process takes once R4 and our own package are loaded and a resource of each of their profiles is validated. */
const { BASE } = await import('../../dist/definitions/base.js')
const { loadPackage } = await import('../../dist/definitions/package.js')
const { createValidator } = await import('../../dist/validation/validator.js')

const validator = createValidator(BASE)
for (const { url, type } of loadPackage().profiles()) validator.validate({ resourceType: type }, { profiles: [url] })
globalThis.gc()
process.stdout.write(String(Math.round(process.memoryUsage().rss / 1e6)))
