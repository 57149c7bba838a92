import { sentencesOf } from '../../../validation/findings/finding.ts'
import type { Located } from '../../../validation/report/check.ts'
import type { Checked } from '../check.ts'
import type { Format } from './format.ts'

const LEVEL = { fatal: 'error', error: 'error', warning: 'warning', information: 'note' } as const

/** A path as a reference by which code hosts find the file: relative to where the command runs, unless it begins at the root. */
const uriOf = (file: string): string => {
  const path = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  const uri = path.split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${uri}` : uri
}

const resultOf = (file: string, found: Located): object => {
  const { severity, key, place, expression, profile } = found
  return {
    ruleId: key,
    level: LEVEL[severity],
    message: { text: sentencesOf(found) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          ...(place === undefined ? {} : { region: { startLine: place.line, startColumn: place.column } }),
        },
        ...(expression === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: expression }] }),
      },
    ],
    ...(profile === undefined ? {} : { properties: { profile } }),
  }
}

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts show beside the lines of a change. */
export const sarif = (version: string): Format => {
  const results: object[] = []
  const keys = new Set<string>()
  return {
    result({ file, findings }: Checked) {
      for (const found of findings) {
        keys.add(found.key)
        results.push(resultOf(file, found))
      }
      return ''
    },
    end: () =>
      `${JSON.stringify(
        {
          $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
          version: '2.1.0',
          runs: [
            {
              tool: { driver: { name: 'keyplan validate', version, rules: [...keys].sort().map((id) => ({ id })) } },
              columnKind: 'utf16CodeUnits',
              results,
            },
          ],
        },
        null,
        2,
      )}\n`,
  }
}
