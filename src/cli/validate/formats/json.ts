import type { Checked } from '../check.ts'
import type { Format } from './format.ts'

/** One JSON document: `results`, each with its findings as they were found, and `summary`. */
export const json = (): Format => {
  const results: object[] = []
  return {
    result({ file, resourceType, valid, findings, unchecked }: Checked) {
      results.push({
        file,
        ...(resourceType === undefined ? {} : { resourceType }),
        valid,
        findings: findings.map(({ span: _span, source: _source, ...found }) => found),
        unchecked,
      })
      return ''
    },
    end: (summary) => `${JSON.stringify({ results, summary }, null, 2)}\n`,
  }
}
