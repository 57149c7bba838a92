/** Arguments by which Node runs a TypeScript file of this checkout as it stands. */
export const TYPESCRIPT = ['--import', new URL('../../../bench/typescript.js', import.meta.url).href]
