import { isError } from '../../../fhir/outcome.ts'
import { sentencesOf } from '../../../validation/findings/finding.ts'
import type { Located } from '../../../validation/report/check.ts'
import type { Checked } from '../check.ts'
import type { Format } from './format.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** As an attribute or a text of XML 1.0, without the control characters that it cannot hold. */
const escaped = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '').replace(/[&<>"\n]/g, (found) => ENTITIES[found] as string)

const lineOf = (found: Located): string => {
  const { severity, key, expression = '', place } = found
  const where = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`
  return `${severity} ${key} ${expression}${where}: ${sentencesOf(found)}`
}

/** JUnit's XML, in which a resource is a test that passes where it is valid: what CI servers show as tests. */
export const junit = (): Format => {
  const cases: string[] = []
  return {
    result({ file, resourceType, valid, findings }: Checked) {
      const name = `${file} (${resourceType ?? 'no resource'})`
      const errors = findings.filter(isError)
      const others = findings.filter((found) => !isError(found))
      const failure = valid
        ? ''
        : `<failure message="${escaped(errors[0]?.text ?? '')}">${escaped(errors.map(lineOf).join('\n'))}</failure>`
      const said = others.length === 0 ? '' : `<system-out>${escaped(others.map(lineOf).join('\n'))}</system-out>`
      cases.push(`    <testcase classname="fhir" name="${escaped(name)}">${failure}${said}</testcase>`)
      return ''
    },
    end: ({ resources, invalid, milliseconds }) =>
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="keyplan validate" tests="${resources}" failures="${invalid}" errors="0" skipped="0" time="${(milliseconds / 1000).toFixed(3)}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`,
  }
}
