/** @file The version of descriptions. */

/** That of the descriptions that are written here, and the newest that is read. */
export const SCHEMA = 1;
