import type { SignInEvent } from '../context.ts'
import type { Log } from '../log.ts'

/** Puts on record what came of signing in; resolves when it is durable. */
export type NoteSignIn = (event: SignInEvent) => Promise<void>

/** Notes a refusal. Where that cannot be, it is refused all the same: the log has it. */
export const noteRefusal = async (
  note: NoteSignIn,
  log: Pick<Log, 'error'> | undefined,
  event: SignInEvent & Readonly<{ refused: string }>,
): Promise<void> => {
  try {
    await note(event)
  } catch (error) {
    const { interaction, refused } = event
    log?.error({ err: error, interaction, refused }, 'A refusal could not be put on record')
  }
}
