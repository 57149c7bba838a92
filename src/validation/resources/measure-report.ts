/** A MeasureReport against the Measure that it reports on, where that is known (http://hl7.org/fhir/R4/measurereport.html). */
import type { CodeableConcept, Measure, MeasureGroup } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

/** What a concept says, as a text: two that share a coding, or the words where there is none, mean the same. */
const namesOf = ({ coding = [], text }: CodeableConcept = {}): readonly string[] =>
  coding.length > 0 ? coding.map(({ system = '', code = '' }) => `${system}|${code}`) : text === undefined ? [] : [text]

const sharesName = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((name) => other.includes(name))

type Coded = Readonly<{ code?: CodeableConcept | undefined }>

const namesAt = ({ value }: Spot): readonly string[] => namesOf((value as Coded).code)

type Part = Readonly<{ what: 'group' | 'population'; key: string }>
const GROUP: Part = { what: 'group', key: 'measure-group' }
const POPULATION: Part = { what: 'population', key: 'measure-population' }

/** Each part of a report is one of the measure's, and each of the measure's is there once. Returns the parts with what the measure says of them. */
const match = <T extends Coded>(
  holder: Spot,
  reported: readonly Spot[],
  defined: readonly T[],
  { what, key }: Part,
  run: Run,
): readonly (readonly [Spot, T])[] => {
  const seen = new Set<T>()
  const matched = reported.flatMap((spot): (readonly [Spot, T])[] => {
    const names = namesAt(spot)
    const found = defined.find(({ code }) => sharesName(names, namesOf(code)))
    if (found === undefined || seen.has(found)) {
      run.report(
        findingAt(
          childOrSelf(spot, 'code'),
          found === undefined ? `${key}-unknown` : `${key}-twice`,
          'business-rule',
          found === undefined ? `The measure has no ${what} of this code.` : `This ${what} is reported already.`,
          {
            value: shownValue((spot.value as Coded).code ?? 'no code'),
            expected: defined.flatMap(({ code }) => namesOf(code)).join(', '),
            hint: 'Give it the code that the Measure has.',
          },
        ),
      )
    }
    if (found === undefined) return []
    seen.add(found)
    return [[spot, found]]
  })
  for (const one of defined) {
    if (seen.has(one)) continue
    run.report(
      findingAt(holder, `${key}-missing`, 'business-rule', `A ${what} of the measure is not reported.`, {
        expected: namesOf(one.code).join(' or '),
        hint: `Add the ${what} with its result.`,
      }),
    )
  }
  return matched
}

const SCORING = 'http://terminology.hl7.org/CodeSystem/measure-scoring'

const checkScore = (group: Spot, { scoring }: Measure, run: Run): void => {
  const [score] = childrenNamed(group, 'measureScore')
  if (score === undefined || !namesOf(scoring).includes(`${SCORING}|cohort`)) return
  run.report(
    findingAt(score, 'measure-score', 'business-rule', 'A cohort is counted, and has no score.', {
      expected: 'no measureScore',
      hint: 'Leave the score out.',
    }),
  )
}

const checkGroup = (spot: Spot, group: MeasureGroup, measure: Measure, run: Run): void => {
  match(spot, childrenNamed(spot, 'population'), group.population ?? [], POPULATION, run)
  checkScore(spot, measure, run)
}

/** Groups and populations of a report with results are those of its measure (http://hl7.org/fhir/R4/measurereport-definitions.html#MeasureReport.group). */
export const checkMeasureReport: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const { measure: canonical, type } = spot.value as Readonly<{ measure: string; type: string }>
  const measure = run.definitions.measure?.(canonical)
  const groups = childrenNamed(spot, 'group')
  if (measure === undefined || type === 'data-collection') return
  const defined = measure.group ?? []
  const [only] = defined
  const [first] = groups
  // The one group of a measure needs no code.
  if (
    defined.length === 1 &&
    groups.length === 1 &&
    only !== undefined &&
    first !== undefined &&
    namesAt(first).length === 0
  ) {
    checkGroup(first, only, measure, run)
    return
  }
  for (const [group, its] of match(spot, groups, defined, GROUP, run)) checkGroup(group, its, measure, run)
}
