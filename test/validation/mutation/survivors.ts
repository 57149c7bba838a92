/** Prints the mutants that were taken for valid or refused at another element: node --import ./test/support/typescript.js test/validation/mutation/survivors.ts [MUTANTS OF A RULE AND EXAMPLE] */
import { isError } from '../../../src/fhir/outcome.ts'
import { verdictOf } from './mutants.ts'
import { population } from './population.ts'

const { validator, examples, mutants } = population(1, Number(process.argv[2] ?? '1'))
const counts = { refused: 0, survived: 0, misplaced: 0 }
const byRule = new Map<string, number>()
for (const mutant of mutants) {
  const verdict = verdictOf(validator, mutant)
  counts[verdict]++
  if (verdict === 'refused') continue
  byRule.set(mutant.rule, (byRule.get(mutant.rule) ?? 0) + 1)
  const errors = validator.validate(mutant.resource).findings.filter(isError)
  const instead = errors.slice(0, 3).map(({ key, expression }) => `${key} at ${expression}`)
  process.stdout.write(
    `${verdict}: ${mutant.of}: ${mutant.rule}: ${mutant.expected}${instead.length === 0 ? '' : ` (${instead.join(', ')})`}\n`,
  )
}
process.stdout.write(`${[...byRule].map(([rule, number]) => `  ${number} ${rule}`).join('\n')}\n`)
process.stdout.write(
  `${mutants.length} mutants of ${examples} examples: ${counts.refused} refused at the right element (${((100 * counts.refused) / mutants.length).toFixed(2)} %), ${counts.misplaced} refused elsewhere, ${counts.survived} taken for valid\n`,
)
