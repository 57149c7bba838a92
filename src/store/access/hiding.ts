import { hidesFrom, visible } from '../../search/sql.ts'
import type { Database } from '../database/database.ts'

/** Whether any person whom the permit lets somebody see hides something from them. */
export const readHides = async (
  database: Database,
  permit: Parameters<typeof visible>[0],
  from: Parameters<typeof hidesFrom>[0],
): Promise<boolean> => {
  const values: unknown[] = []
  const bind = (value: unknown): string => `$${values.push(value)}`
  const [row] = await database.run<{ hides: boolean }>({
    text: `select exists (
        select from person p join resource r on r.type = 'Patient' and r.id = p.id
        where p.cpr_hidden_from <> '{}' and ${hidesFrom(from, bind)} and ${visible(permit, bind)}
      ) as hides`,
    values,
  })
  return row?.hides === true
}
