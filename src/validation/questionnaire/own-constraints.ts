import type { Extension, Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import { checkOf } from '../invariants/constraints.ts'
import type { Check } from '../spot.ts'

const CONSTRAINT = 'http://hl7.org/fhir/StructureDefinition/questionnaire-constraint'

const partOf = (extension: Extension, url: string): Extension | undefined =>
  extension.extension?.find((part) => part.url === url)

const known = new WeakMap<object, Check | undefined>()

/**
 * The check of the rules that a Questionnaire or one of its items has of its own, on the response or the item that answers it
 * (http://hl7.org/fhir/R4/extension-questionnaire-constraint.html); undefined where it has none.
 */
export const ownConstraints = (holder: Questionnaire | QuestionnaireItem): Check | undefined => {
  if (known.has(holder)) return known.get(holder)
  const checks = (holder.extension ?? [])
    .filter(({ url }) => url === CONSTRAINT)
    .flatMap((extension) => {
      const expression = partOf(extension, 'expression')?.valueString
      const key = partOf(extension, 'key')?.valueId ?? 'questionnaire-constraint'
      const human = partOf(extension, 'human')?.valueString ?? 'A rule of the Questionnaire does not hold.'
      const severity = partOf(extension, 'severity')?.valueCode === 'warning' ? 'warning' : 'error'
      return expression === undefined ? [] : [checkOf({ key, human, severity, expression }, CONSTRAINT)]
    })
  const check: Check | undefined =
    checks.length === 0 ? undefined : (spot, run) => checks.forEach((one) => void one(spot, run))
  known.set(holder, check)
  return check
}
