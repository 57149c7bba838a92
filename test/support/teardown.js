export default async () => {
  await globalThis.__endTestRun()
}
