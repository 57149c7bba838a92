import { parseArgs } from 'node:util'
import type { Command } from './command.ts'
import { withStore } from './open.ts'
import { createProgress } from './progress.ts'

const help = `keyplan reindex

Reads what is stored for search parameters that this version has and the database has not, or that are defined otherwise now. Until that is
done, searches by them are refused. A running service does the same in the background, slowly; this does it at once.

It works beside running services, which go on reading and writing, on their database: DATABASE_URL, or the embedded PostgreSQL of a KeyPlan
that runs on KEYPLAN_DATA (.keyplan). It may be ended at any time, also by a crash: the next run, or the service, goes on where it was.

After a newer version was given up for good, run it with the older one: what that defines is what counts from then on.

Exit code: 0 done, 1 failed, 2 not understood.
`

/** Resources that are read at a time. */
const MOST = 500
const LINE_SECONDS = 5

export const reindex: Command = {
  name: 'reindex',
  summary: 'Read what is stored for search parameters that are new',
  help,
  async run(args) {
    parseArgs({ args, options: {} })
    const [records, { searchDefinitions }] = await Promise.all([
      import('../records/searching/reindex.ts'),
      import('../records/searching/definitions.ts'),
    ])
    return withStore(async (store) => {
      const progress = createProgress()
      await store.reindex.register(searchDefinitions(), true)
      const all = await store.reindex.left()
      let done = 0
      let said = performance.now()
      for await (const count of records.reindex(store, MOST)) {
        done += count
        const text = `${done.toLocaleString('en')} of ${Math.max(all, done).toLocaleString('en')} resources`
        progress.show(text, all === 0 ? 1 : done / all)
        if (progress.draws || performance.now() - said < LINE_SECONDS * 1_000) continue
        progress.line(text)
        said = performance.now()
      }
      progress.clear()
      process.stdout.write(
        done === 0
          ? 'Every search parameter is complete.\n'
          : `Read ${done.toLocaleString('en')} resources. Every search parameter is complete.\n`,
      )
      return 0
    })
  },
}
