import { BASE } from '../../src/definitions/base.ts'
import { createValidator, type Finding } from '../../src/validation/validator.ts'

const validator = createValidator(BASE)

/** After everything that the examples tell of a plan; what is submitted must not lie in the future. */
export const NOW = new Date('2026-10-03T01:14:07Z')

/** Where a code of ours stands in an element for which FHIR itself has a list: a warning by rule, since our profile says which codes these are. */
const isExtended = ({ key, severity, text }: Finding): boolean =>
  key === 'code-not-in-value-set' && severity === 'warning' && !text.includes('https://keyplan.example/')

/** Best practice for what people read; the service renders what people read itself. */
const isNarrative = ({ key }: Finding): boolean => key === 'dom-6'

/** What is wrong with a resource by FHIR, by the profiles that it claims, and by these. */
export const errorsIn = (
  resource: unknown,
  { profiles = [], now = NOW }: Readonly<{ profiles?: readonly string[]; now?: Date }> = {},
): readonly Finding[] =>
  validator.validate(resource, { now, profiles }).findings.filter(({ severity }) => severity === 'error')

/** What is found in a resource against the profiles that it claims, errors and warnings. */
export const findingsIn = (resource: unknown): readonly Finding[] =>
  validator
    .validate(resource, { now: NOW })
    .findings.filter((one) => one.severity !== 'information' && !isExtended(one) && !isNarrative(one))

/** The same in words, for a test to show; empty where the resource conforms. */
export const faultsOf = (resource: unknown): string[] =>
  findingsIn(resource).map(({ severity, key, rule, expression, text }) =>
    [severity, rule ?? key, expression, text].join(' '),
  )
