import { Ajv, type ValidateFunction } from 'ajv'
import { remember } from '../definitions/tables.ts'
import { FORMATS } from './formats.ts'
import { keywords } from './keywords.ts'
import { schemaOf } from './schema.ts'

const ajv = new Ajv({
  allErrors: true,
  meta: false,
  validateSchema: false,
  logger: false,
  messages: false,
  code: { optimize: false },
})

/** The compiled validator of a type or backbone element, made on first use and kept. */
export const validatorOf: (path: string) => ValidateFunction = remember((path) => ajv.compile(schemaOf(path)))

for (const definition of keywords(validatorOf)) ajv.addKeyword(definition)
for (const [name, { accepts }] of Object.entries(FORMATS)) ajv.addFormat(name, accepts)
