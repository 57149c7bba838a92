/**
 * RFC 7638 thumbprints (SHA-256) of the keys in `fixtures/clients/`, whose private halves everyone can read. They stand here, and
 * are not computed from the fixtures, so that they are known where the fixtures are not installed; a test holds both together.
 */
export const TEST_KEY_THUMBPRINTS: ReadonlySet<string> = new Set([
  'ZmhJX0J_hCgqwb5WyLBLeVDQZ-mxOAR11PHy7d4Cano', // gp-practice
  'Te63UHHE2NtexabJRKxh6L45cdAmoMGON-ROpJsSAgE', // ambulance
  '5JYFhJuA8XWRa_z3U_DOsYDZfk0FMOyoFSjQCGMp3Vs', // out-of-hours
  'EM285HqzGnPnqIIB3f51X_iIRjdu0zJx7XXM1f_CmIQ', // hospital
  'STualX-OkJIIql0jAINF-90uWOCl71dR6lYARM9r3OY', // integrator
  'ajTe8mD0MsI-0nHzfX8O3el5OUPFXeE7WGqeeHIfs8I', // keyplan
])
