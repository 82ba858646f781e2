/**
 * @file Whether a test runs its full form (`npm run test:full`, one of the long forms) or the
 * sample of it that `npm test` has time for.
 */
export const full = process.env.SPM_FULL === "1";
