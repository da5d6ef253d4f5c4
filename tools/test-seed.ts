import fc from "fast-check";

/**
 * `FC_SEED` repeats what all properties were tried with, whichever file they are in. CI names one, so that a commit gets the same
 * verdict however often it is tried; without it each run invents anew.
 */
const seed = process.env.FC_SEED;
if (seed) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) | 0 });
