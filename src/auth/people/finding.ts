import type { ErrorObject } from 'ajv'

/** One finding of ajv about a settings file, in words that quote none of its values. */
export const findingOf = ({ instancePath, keyword, params, message }: ErrorObject): string => {
  const at = instancePath === '' ? '/' : instancePath
  if (keyword === 'enum') return `${at} must be one of ${(params['allowedValues'] as string[]).join(', ')}`
  if (keyword === 'additionalProperties') return `${at} has the unknown element "${params['additionalProperty']}"`
  return `${at} ${message ?? 'is wrong'}`
}
