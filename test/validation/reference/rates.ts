/**
 * Prints where our validator and others disagree: node --import ./test/support/typescript.js test/validation/reference/rates.ts [SET] [PART OF AN ID…]
 * SET is public-cases, official-examples or uk-core; all of them unless told. With part of an id, all that is said of these cases.
 */
import { isError } from '../../../src/fhir/outcome.ts'
import { JUDGED_SETS, type Judged, type Judgement, judge } from './sets.ts'

const [first, ...rest] = process.argv.slice(2)
const isSet = JUDGED_SETS.some(({ name }) => name === first)
const wanted = isSet || first === undefined ? rest : [first, ...rest]

const attempt = (one: Judged): Judgement | Error => {
  try {
    return judge(one)
  } catch (error) {
    return error as Error
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

for (const { name, missing, cases } of JUDGED_SETS) {
  if (isSet && name !== first) continue
  if (missing !== undefined) {
    print(`${name}: not checked, ${missing}`)
    continue
  }
  const chosen = cases().filter(({ id }) => wanted.length === 0 || wanted.some((part) => id.includes(part)))
  const started = performance.now()
  const results = chosen.map((one) => ({ one, result: attempt(one) }))
  const took = performance.now() - started
  let agreeing = 0
  for (const { one, result } of results) {
    if (result instanceof Error) {
      print(`FAILED    ${one.id}: ${result.stack ?? result.message}`)
      continue
    }
    if (result.agrees) agreeing++
    if (result.agrees && wanted.length === 0) continue
    print(
      `${result.agrees ? 'agree   ' : 'DISAGREE'}  ${one.id}: ${one.valid ? 'valid' : 'invalid'}, we say ${result.valid ? 'valid' : 'invalid'}`,
    )
    for (const said of one.said)
      if (wanted.length > 0 || said.severity === 'error' || said.severity === 'fatal')
        print(`      they: ${said.severity} ${said.expression ?? ''} ${said.text ?? ''}`)
    for (const found of result.report.findings)
      if (wanted.length > 0 || isError(found))
        print(`      we:   ${found.severity} ${found.key} ${found.rule ?? ''} ${found.expression ?? ''} ${found.text}`)
  }
  print(
    `${name}: agree on ${agreeing} of ${chosen.length} (${((100 * agreeing) / chosen.length).toFixed(1)} %), in ${Math.round(took)} ms\n`,
  )
}
