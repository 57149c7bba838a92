import type { ErrorObject } from 'ajv'
import { keySetAddressFinding } from './key-set-address.ts'

/** One finding of ajv about a file of settings, in words; the values of the file are never repeated, for one of them may be a private key. */
export const findingOf = ({ instancePath, keyword, params, message, data }: ErrorObject): string => {
  const at = instancePath === '' ? '/' : instancePath
  if (keyword === 'format' && at === '/jwksUri') return `${at} ${keySetAddressFinding(String(data))}`
  if (keyword === 'false schema')
    return `${at} belongs to a private key, which must never leave its owner: register the public key alone`
  if (keyword === 'enum') return `${at} must be one of ${(params['allowedValues'] as string[]).join(', ')}`
  if (keyword === 'additionalProperties') return `${at} has the unknown element "${params['additionalProperty']}"`
  return `${at} ${message ?? 'is wrong'}`
}
